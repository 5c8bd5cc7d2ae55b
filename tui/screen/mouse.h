/* What the mouse did: a click, a double click or a step of the wheel, and in which cell.
 * terminal.c makes them, ui.c gives them to the top view. */
#ifndef MT_TUI_MOUSE_H
#define MT_TUI_MOUSE_H

struct mt_mouse {
  /* DOUBLE follows the CLICK of the same place; UP and DOWN are the wheel. */
  enum { MT_MOUSE_CLICK, MT_MOUSE_DOUBLE, MT_MOUSE_UP, MT_MOUSE_DOWN } what;
  int x, y;
};

#endif
