// Appended to a copy of a report and run by a browser: does what a reader
// would, and leaves a line a case in the page.
"use strict";
{
  const lines = [];
  const check = (name, ok, detail = "") =>
    lines.push(ok ? `ok ${name}` : `not ok ${name}: ${detail}`);
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const enter = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const count = (selector) => all(selector).length;
  try {
    // Tables
    const table = all("table.sortable").find((t) =>
      t.tHead.rows[0].cells[1]?.classList.contains("number"));
    const column = () => [...table.tBodies[0].rows].map((row) =>
      Number(row.cells[1].dataset.value));
    const before = column().join();
    const button = table.tHead.rows[0].cells[1].querySelector("button");
    button.click();
    const falling = column();
    check("a column sorts from the largest",
          falling.every((v, i) => !i || falling[i - 1] >= v), falling.join());
    check("what is sorted says so to who cannot see it",
          table.tHead.rows[0].cells[1].ariaSort === "descending");
    button.click();
    const rising = column();
    check("and from the smallest",
          rising.every((v, i) => !i || rising[i - 1] <= v), rising.join());
    button.click();
    check("and back to its order", column().join() === before);
    table.tHead.rows[0].cells[0].querySelector("button").click();
    const names = [...table.tBodies[0].rows].map((r) => r.cells[0].textContent);
    check("names sort as names", names.join() === [...names].sort((a, b) =>
      a.localeCompare(b, undefined, { numeric: true })).join(), names.join());

    // The picker
    const form = one(".picker form");
    const shown = () => one(".picker [role=status]").textContent;
    check("the picker is there", !one(".picker").hidden);
    check("the last block is shown",
          form.elements.block.selectedIndex === form.elements.block.length - 1);
    check("a line a class", count(".panel .line") - count(".legend .line") ===
          count("[name=class]:checked"), count(".panel .line"));
    const drawn = one(".panel .line").getAttribute("d");
    form.elements.block.selectedIndex = 0;
    form.elements.block.dispatchEvent(new Event("input", { bubbles: true }));
    check("another block is another picture",
          one(".panel .line").getAttribute("d") !== drawn);
    check("and is named", shown().includes(form.elements.block[0].text), shown());
    enter(form.elements.channels, "0-3, 5");
    check("channels by number", shown().includes(" 5 of "), shown());
    const cells = [...one(".picker details table").tBodies[0].rows].map((r) =>
      r.cells[0].textContent);
    check("the numbers are those channels'", cells.join() === "0,1,2,3,5",
          cells.join());
    enter(form.elements.channels, "5-x");
    check("what is no channel is said",
          form.elements.channels.ariaInvalid === "true" &&
          shown().includes("5-x"), shown());
    enter(form.elements.channels, "0-999999");
    check("what is beyond the channels is said",
          shown().includes("channels are 0 to"), shown());
    enter(form.elements.channels, "3");
    check("so many channels from first to last",
          shown().includes(" 3 of ") &&
          [...one(".picker details table").tBodies[0].rows].at(-1)
            .cells[0].textContent !== "3", shown());
    form.elements.spread.click();
    check("spread is drawn", count(".panel .band") > 0);
    form.elements.none.click();
    check("no class is only the mean of all",
          count(".panel .line") === 0 && count(".panel .overall") > 0);
    all("[name=class]")[1].click();
    const name = all("[name=class]")[1].parentElement.textContent.trim();
    check("a class comes back by its box",
          [...all(".legend li")].some((li) => li.textContent === name));
    enter(form.elements.find, name.toUpperCase());
    check("classes are found by name",
          all(".classes label").filter((label) =>
            getComputedStyle(label).display !== "none").length >= 1 &&
          getComputedStyle(all("[name=class]")[0].parentElement).display ===
            "none");
    enter(form.elements.channels, "0-1");
    const drawnNumber =
      one(".picker details table").tBodies[0].rows[1].cells[1].textContent;
    lines.number = drawnNumber;

    // Reading
    const root = document.documentElement;
    const theme = root.dataset.theme;
    one("#theme").click();
    check("light and dark", root.dataset.theme !== theme);
    check("a figure of one theme at a time", all(".picture").every((picture) =>
      [...picture.querySelectorAll(":scope > svg")].filter((svg) =>
        getComputedStyle(svg).display !== "none").length === 1));
    check("every figure says what it shows", all("[role=img]").every((f) =>
      f.getAttribute("aria-label").length > 20));
    check("identifiers are one each", (() => {
      const ids = all("[id]").map((e) => e.id);
      return new Set(ids).size === ids.length;
    })());
    check("links in the page lead somewhere", all("a[href^='#']").every((a) =>
      document.getElementById(a.hash.slice(1))));
    check("headings step down one by one", all("h1, h2, h3").every((h, i, hs) =>
      !i || h.tagName[1] - hs[i - 1].tagName[1] <= 1));
    check("every field has a name", all("input, select").every((field) =>
      field.labels.length > 0 && field.labels[0].textContent.trim()));
    check("the page is not wider than the window",
          root.scrollWidth <= innerWidth, `${root.scrollWidth} > ${innerWidth}`);
    check("nothing is fetched",
          performance.getEntriesByType("resource").length === 0);
  } catch (error) {
    lines.push(`not ok the page does as it should: ${error}`);
  }
  const result = document.createElement("pre");
  result.id = "result";
  result.textContent = `\n${lines.join("\n")}\nend ${lines.number}\n`;
  document.body.append(result);
}
