#include "core/cells/quick.h"

#define WORD MT_QUICK_MAYBE_WORD
#define DIGIT MT_QUICK_DIGIT
#define ASK MT_QUICK_ASK
#define PART MT_QUICK_PART

const uint8_t mt_quick_byte[256] = {
    ['\t'] = ASK | PART,  ['\n'] = ASK | PART,  ['\v'] = ASK | PART,
    ['\f'] = ASK | PART,  ['\r'] = ASK | PART,  [' '] = ASK | PART,
    ['+'] = ASK | PART,   ['-'] = ASK | PART,   ['.'] = ASK | PART,
    ['0'] = DIGIT | PART, ['1'] = DIGIT | PART, ['2'] = DIGIT | PART,
    ['3'] = DIGIT | PART, ['4'] = DIGIT | PART, ['5'] = DIGIT | PART,
    ['6'] = DIGIT | PART, ['7'] = DIGIT | PART, ['8'] = DIGIT | PART,
    ['9'] = DIGIT | PART, ['E'] = PART,         ['e'] = PART,
    ['#'] = WORD,         ['<'] = WORD,         ['?'] = WORD,
    ['F'] = WORD,         ['M'] = WORD,         ['N'] = WORD,
    ['O'] = WORD,         ['T'] = WORD,         ['Y'] = WORD,
    ['f'] = WORD,         ['m'] = WORD,         ['n'] = WORD,
    ['o'] = WORD,         ['t'] = WORD,         ['y'] = WORD,
    ['I'] = ASK,          ['i'] = ASK};
