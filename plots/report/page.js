"use strict";

// ---- light and dark: as the reader's system has it, or as the button says

(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const show = () => {
    root.dataset.theme = chosen || (system.matches ? "dark" : "light");
    button.textContent = root.dataset.theme === "dark" ? "Light" : "Dark";
    document.dispatchEvent(new Event("theme"));
  };
  button.addEventListener("click", () => {
    chosen = root.dataset.theme === "dark" ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  button.hidden = false;
  show();
})();

// ---- tables sort by a click on a column's name, and back to their order

for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!heads[column].classList.contains("number")) return cell.textContent;
    return "value" in cell.dataset ? Number(cell.dataset.value) : NaN;
  };
  // What is no number comes last either way.
  const compare = (a, b, sign) => {
    if (typeof a === "string")
      return sign * a.localeCompare(b, undefined, { numeric: true });
    if (Number.isNaN(a) || Number.isNaN(b))
      return Number.isNaN(a) - Number.isNaN(b);
    return sign * (a - b);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const next = !now ? first : now === first ? second : null;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      const rows = [...original];
      if (next) {
        head.setAttribute("aria-sort", next);
        const sign = next === "ascending" ? 1 : -1;
        rows.sort((a, b) => compare(value(a, column), value(b, column), sign));
      }
      body.append(...rows);
    });
  });
}

// ---- the picker

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const unpack = ({ low, high, data }) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const numbers = new Float64Array(bytes.length / 2);
  for (let i = 0; i < numbers.length; i++) {
    const code = bytes[2 * i] + 256 * bytes[2 * i + 1];
    numbers[i] = code === 65535 ? NaN : low + ((high - low) * code) / 65534;
  }
  return numbers;
};

// Places in `kept` of the channels that the text asks for, or what is wrong.
const channelsOf = (text, { channels, kept }) => {
  const places = new Map(kept.map((channel, place) => [channel, place]));
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) {
    const wanted = Math.min(Number(trimmed) || kept.length, kept.length);
    const chosen = new Set();
    for (let i = 0; i < wanted; i++)
      chosen.add(wanted === 1 ? 0 :
                 Math.round((i * (kept.length - 1)) / (wanted - 1)));
    return { places: [...chosen] };
  }
  const chosen = [];
  for (const part of trimmed.replace(/,\s*$/, "").split(",")) {
    const range = part.trim().match(/^(\d+)(?:\s*-\s*(\d+))?$/);
    if (!range) return { wrong: `“${part.trim()}” is no channel or range` };
    const from = Number(range[1]);
    const to = Number(range[2] ?? range[1]);
    if (from > to || to >= channels)
      return { wrong: `the block’s channels are 0 to ${channels - 1}` };
    for (let channel = from; channel <= to; channel++)
      if (places.has(channel)) chosen.push(places.get(channel));
  }
  return chosen.length ? { places: chosen }
                       : { wrong: "the page does not hold these channels" };
};

const ticksOf = (low, high, most) => {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((f) => f * power >= rough * .999);
  const ticks = [];
  for (let i = Math.floor(low / step + 1e-9); ; i++) {
    ticks.push(i * step);
    if (i * step >= high - 1e-9) break;
  }
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) +
                               (step / power === 2.5 ? 1 : 0));
  return ticks.map((value) => ({ value, text: value.toFixed(decimals) }));
};

// A path that breaks where there is no number.
const pathOf = (points) => {
  let path = "", pen = "M";
  for (const [x, y] of points) {
    if (Number.isNaN(y)) { pen = "M"; continue; }
    path += `${pen}${x.toFixed(2)} ${y.toFixed(2)}`;
    pen = "L";
  }
  return path;
};

for (const picker of document.querySelectorAll(".picker")) {
  const data = JSON.parse(picker.querySelector("script").textContent);
  const form = picker.querySelector("form");
  const panel = picker.querySelector(".panel");
  const legend = picker.querySelector(".legend");
  const status = picker.querySelector("[role=status]");
  const numbers = picker.querySelector("details div");
  const boxes = [...form.querySelectorAll("[name=class]")];
  const names = boxes.map((box) => box.parentElement.textContent.trim());
  const blockNames = [...form.elements.block.options].map((o) => o.text);
  const unpacked = new Map();

  const blockOf = (index) => {
    if (!unpacked.has(index)) {
      const { channels, kept, mean, std, overall } = data.blocks[index];
      unpacked.set(index, { channels, kept, mean: unpack(mean),
                            std: std && unpack(std),
                            overall: unpack(overall) });
    }
    return unpacked.get(index);
  };

  // The look of the i-th of n lines.
  const lookOf = (i, n) => {
    if (n > data.pens.length) return { class: "many" };
    const pen = data.pens[i];
    return { class: "line", stroke: pen[document.documentElement.dataset.theme],
             "stroke-dasharray": pen.dash };
  };

  const drawPanel = (block, places, lines) => {
    const width = 760, height = 320;
    const left = 48, right = 12, top = 12, bottom = 44;
    let low = 0, high = 1;
    for (const { mean, std } of lines)
      mean.forEach((value, i) => {
        const spread = std ? std[i] || 0 : 0;
        if (value - spread < low) low = value - spread;
        if (value + spread > high) high = value + spread;
      });
    const ticks = ticksOf(low, high, 5);
    low = ticks[0].value;
    high = ticks[ticks.length - 1].value;
    const n = places.length;
    const x = (i) => n > 1 ? left + ((width - left - right) * i) / (n - 1)
                           : (left + width - right) / 2;
    const y = (v) => height - bottom -
                     ((height - top - bottom) * (v - low)) / (high - low);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`,
                                 "aria-hidden": "true" });
    for (const { value, text } of ticks)
      picture.append(
        svg("line", { class: "grid", x1: left, x2: width - right,
                      y1: y(value), y2: y(value) }),
        svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text));
    const step = Math.ceil((n - 1) / 8) || 1;
    for (let i = 0; i < n; i += step) {
      if (i !== n - 1 && n - 1 - i < step) i = n - 1;
      picture.append(
        svg("line", { class: "frame", x1: x(i), x2: x(i), y1: height - bottom,
                      y2: height - bottom + 4 }),
        svg("text", { x: x(i), y: height - bottom + 18,
                      "text-anchor": "middle" }, String(block.kept[places[i]])));
    }
    picture.append(
      svg("text", { x: (left + width - right) / 2, y: height - 6,
                    "text-anchor": "middle" }, "channel"),
      svg("text", { transform: `translate(12 ${(top + height - bottom) / 2}) rotate(-90)`,
                    "text-anchor": "middle" }, "excitation"),
      svg("rect", { class: "frame", x: left, y: top, width: width - left - right,
                    height: height - top - bottom }));
    for (const { mean, std, look } of lines) {
      if (!std || !look.stroke) continue;
      const edge = (sign) => mean.map((v, i) => [x(i), y(v + sign * (std[i] || 0))]);
      const around = [...edge(1), ...edge(-1).reverse()];
      picture.append(svg("path", { class: "band", fill: look.stroke,
                                   d: pathOf(around) + "Z" }));
    }
    for (const { mean, look } of lines) {
      const points = mean.map((v, i) => [x(i), y(v)]);
      if (n > 1) picture.append(svg("path", { ...look, d: pathOf(points) }));
      else if (!Number.isNaN(mean[0]))
        picture.append(svg("circle", { cx: x(0), cy: y(mean[0]), r: 4,
                                       fill: look.stroke || "currentColor" }));
    }
    panel.replaceChildren(picture);
  };

  const drawLegend = (lines) => {
    legend.replaceChildren();
    if (lines.some(({ look }) => look.class === "many")) return;
    for (const { name, look } of lines) {
      const item = document.createElement("li");
      const sample = svg("svg", { viewBox: "0 0 32 12", "aria-hidden": "true",
                                  class: "panel" },
                         svg("path", { ...look, d: "M0 6H32" }));
      item.append(sample, name);
      legend.append(item);
    }
    legend.classList.add("panel");
  };

  const fillNumbers = (block, places, lines) => {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const text of ["channel", ...lines.map(({ name }) => name)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.className = "number";
      cell.textContent = text;
      head.append(cell);
    }
    const body = table.createTBody();
    places.forEach((place, i) => {
      const row = body.insertRow();
      const channel = document.createElement("th");
      channel.scope = "row";
      channel.className = "number";
      channel.textContent = block.kept[place];
      row.append(channel);
      for (const { mean } of lines) {
        const cell = row.insertCell();
        cell.className = "number";
        cell.textContent = Number.isNaN(mean[i]) ? "–" : mean[i].toFixed(4);
      }
    });
    numbers.replaceChildren(table);
  };

  const draw = () => {
    const index = Number(form.elements.block.value);
    const block = blockOf(index);
    const field = form.elements.channels;
    const { places, wrong } = channelsOf(field.value, block);
    field.setAttribute("aria-invalid", String(Boolean(wrong)));
    if (wrong) {
      status.textContent = `Channels: ${wrong}.`;
      return;
    }
    const chosen = boxes.filter((box) => box.checked);
    const spread = form.elements.spread.checked && block.std;
    const take = (from, row) =>
      places.map((place) => from[row * block.kept.length + place]);
    const lines = chosen.map((box, i) => ({
      name: names[box.value],
      mean: take(block.mean, Number(box.value)),
      std: spread ? take(block.std, Number(box.value)) : null,
      look: lookOf(i, chosen.length),
    }));
    lines.push({ name: "all classes", mean: take(block.overall, 0), std: null,
                 look: { class: "overall" } });
    drawPanel(block, places, lines);
    drawLegend(lines);
    fillNumbers(block, places, lines);
    const part = block.kept.length < block.channels ?
      ` (the page holds ${block.kept.length})` : "";
    status.textContent =
      `Shown: ${blockNames[index]}, ${places.length} of ${block.channels} ` +
      `channels${part}, ${chosen.length} of ${boxes.length} classes.`;
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target.name !== "find") { draw(); return; }
    const wanted = event.target.value.trim().toLowerCase();
    boxes.forEach((box, i) => {
      box.parentElement.hidden = !names[i].toLowerCase().includes(wanted);
    });
  });
  form.elements.none.addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = false; });
    draw();
  });
  document.addEventListener("theme", draw);
  picker.hidden = false;
  draw();
}
