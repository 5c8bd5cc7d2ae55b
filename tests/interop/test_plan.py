"""Plans in files: saved, followed, and held against other files."""

import json
import os

import pandas
from conftest import TOP, run, run_json

SHOP = TOP / "assets/shop.csv"


def save_plan(folder, path, *options):
    plan = folder / "plan.json"
    run(path, "--save-plan", plan, "--force", *options, status=0)
    return plan


def by_name(path, *options):
    return {c["name"]: c["planned"] for c in run_json(path, *options)["columns"]}


def test_a_saved_plan_gives_the_same_plan(tmp_path):
    plan = save_plan(tmp_path, SHOP, "--set", "quantity=int16", "--drop", "comment")
    chosen = by_name(SHOP, "--set", "quantity=int16", "--drop", "comment")
    followed = by_name(SHOP, "--plan", plan)
    assert {n: p["type"] for n, p in followed.items()} == {
        n: p["type"] for n, p in chosen.items()
    }
    assert followed["quantity"]["type"] == "int16"
    assert followed["comment"]["type"] == "drop"


def test_a_file_keeps_its_own_plan(tmp_path):
    plan = save_plan(tmp_path, SHOP)
    done = run(SHOP, "--plan", plan, "--check", status=0)
    assert done.stdout == b""


def test_check_names_every_breach(tmp_path):
    good = tmp_path / "good.csv"
    good.write_text("n,day,word,gone\n1,01/02/2024,a,1\n100,31/12/2024,b,2\n")
    plan = save_plan(tmp_path, good)
    types = {c["name"]: c for c in json.loads(plan.read_text())["columns"]}
    assert types["n"] == {"name": "n", "dtype": "int8", "nullable": False}
    assert types["day"]["date_format"] == "%d/%m/%Y"

    bad = tmp_path / "bad.csv"
    bad.write_text("n,day,word\n5,01/02/2024,a\n300,12/31/2024,z\n,30/02/2024,\n-7,,c\n")
    done = run(bad, "--plan", plan, "--check", status=3)
    assert done.stdout.decode().splitlines() == [
        'column "gone" is missing',
        'column "n", line 3: "300" is out of range (planned: int8)',
        'column "n", line 4: "" is null (planned: int8)',
        'column "day", line 3: "12/31/2024" is not a date of the column\'s format (planned: date)',
        'column "day", line 4: "30/02/2024" is not a date of the column\'s format (planned: date)',
        'column "day", line 5: "" is null (planned: date)',
        'column "word", line 4: "" is null (planned: string)',
    ]


def test_a_plan_that_cannot_be_followed_changes_nothing(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("n\n1\n2\n")
    bad.write_text("n\n1\n300\n")
    plan = save_plan(tmp_path, good)
    out = tmp_path / "out.arrow"
    done = run(bad, "--plan", plan, "--export", out, status=1)
    assert 'column "n" cannot be int8 as planned: out of range: 300 (line 3)' in done.err
    assert not out.exists()


def test_no_plan_and_bad_plans(tmp_path):
    text = tmp_path / "plan.json"
    text.write_text('{"memtop_plan": 1, "columns": [{"name": "x", "dtype": "int7"}]}')
    assert "not a plan" in run(SHOP, "--plan", text, status=1).err
    assert "cannot open the plan" in run(SHOP, "--plan", tmp_path / "none", status=1).err
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # nobody will ever write to it
    assert "pipe is a pipe, and not a file" in run(SHOP, "--plan", pipe, status=1).err
    assert "--check needs a plan" in run(SHOP, "--check", status=2).err


def test_fit_takes_the_largest_savings_first():
    every = run_json(SHOP, "--apply", "safe")
    least = every["planned_bytes"]
    none = run_json(SHOP, "--apply", "none")["planned_bytes"]
    target = (least + none) // 2
    fitted = run_json(SHOP, "--fit", str(target))
    assert fitted["planned_bytes"] <= target
    changed = [c for c in fitted["columns"] if c["planned"]["class"] != "none"]
    assert 0 < len(changed) < len(every["columns"])
    smallest = min(c["bytes"] - c["planned"]["bytes"] for c in changed)
    left = [
        c["bytes"] - c["suggested"]["bytes"]
        for c in fitted["columns"]
        if c["planned"]["class"] == "none" and c["suggested"]["class"] in ("exact", "equal")
    ]
    assert all(saving <= smallest for saving in left)


def test_fit_says_what_stands_in_the_way():
    done = run(SHOP, "--fit", "10K", status=1)
    assert "no safe plan fits in 10.0 KiB" in done.err
    assert 'column "ordered_at" takes' in done.err


def test_headroom_leaves_room(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("a,b\n100,-100\n60,0\n")
    assert by_name(path)["a"]["type"] == "int8"
    assert by_name(path, "--headroom", "2")["a"]["type"] == "uint8"
    assert by_name(path, "--headroom", "2")["b"]["type"] == "int16"
    assert by_name(path, "--headroom", "1000")["a"]["type"] == "int32"


def test_null_tokens_of_one_column(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("a,b,c=d\n-,-,?\n1,2,3\n")
    nulls = {c["name"]: c["nulls"] for c in run_json(path, "--null", "a=-", "--null", "c=d=?")["columns"]}
    assert nulls == {"a": 1, "b": 0, "c=d": 1}


def test_a_plan_holds_its_nulls(tmp_path):
    path, other = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text("n,m,w\n1,4,-\n-,5,?\n3,N.A.,x\n")
    other.write_text("w,m,n\n-,-,-\n?,9,8\n")
    plan = save_plan(tmp_path, path, "--null", "n=-", "--null", "m=N.A.", "--null", "?")
    saved = json.loads(plan.read_text())
    assert saved["null_values"] == ["?"]
    assert [c.get("null_values") for c in saved["columns"]] == [["-"], ["N.A."], None]

    told = {c["name"]: c for c in run_json(path, "--plan", plan)["columns"]}
    assert [told[n]["plan_nulls"] for n in "nmw"] == [1, 1, 1]
    assert told["n"]["planned"]["type"] == "int8"
    # in another file they are null as well, each in its own column
    done = run(other, "--plan", plan, "--check", status=3)
    assert done.stdout.decode().splitlines() == [
        'column "m", line 2: "-" is not an integer (planned: int8)'
    ]


def test_a_plan_with_nulls_reads_as_pandas_does(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("n,w\n1,-\n-,b\n3,c\n")
    plan = tmp_path / "plan.json"
    columns = [
        {"name": "n", "dtype": "int8", "null_values": ["-"]},
        {"name": "w", "dtype": "string"},
    ]
    plan.write_text(json.dumps({"memtop_plan": 1, "columns": columns}))
    run(path, "--plan", plan, "--export", tmp_path / "a.arrow", status=0)
    exported = pandas.read_feather(tmp_path / "a.arrow")
    read = pandas.read_csv(path, na_values={"n": ["-"]})
    assert exported["n"].isna().tolist() == read["n"].isna().tolist() == [False, True, False]
    assert exported["w"].tolist() == read["w"].tolist() == ["-", "b", "c"]


def test_a_breach_keeps_the_export_back(csv, tmp_path):
    first, plan = csv(b"a,b\n1,2\n3,4\n"), tmp_path / "plan.json"
    run(first, "--save-plan", plan)
    other, target = csv(b"a,b\n1,2\n300,4\n", "other.csv"), tmp_path / "out.arrow"
    done = run(other, "--plan", plan, "--check", "--export", target, status=3)
    assert not target.exists()
    assert "nothing was exported" in done.err
