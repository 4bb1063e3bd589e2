// What a test asks a page: contrast of each text with what is really behind it, texts that overlap, texts that leave the page.
(() => {
  const parse = text => { const m = text.match(/[\d.]+/g); return m ? { r: +m[0], g: +m[1], b: +m[2], a: m.length > 3 ? +m[3] : 1 } : { r: 0, g: 0, b: 0, a: 0 }; };
  const channel = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = c => 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
  const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const isShape = e => e instanceof SVGGeometryElement;
  const ground = (x, y, self) => {
    for (const e of document.elementsFromPoint(x, y)) {
      if (e === self || e instanceof SVGTextContentElement) continue;
      const style = getComputedStyle(e);
      if (isShape(e)) { if (style.fill !== "none") return parse(style.fill); continue; }
      if (e instanceof SVGElement) continue;
      const c = parse(style.backgroundColor);
      if (c.a === 1) return c;
    }
    return matchMedia("(prefers-color-scheme:dark)").matches && document.documentElement instanceof HTMLElement ? { r: 18, g: 18, b: 18 } : { r: 255, g: 255, b: 255 };
  };
  const texts = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, element = node.parentElement ?? node.parentNode;
    if (!node.nodeValue.trim() || ["STYLE", "SCRIPT", "TITLE", "title", "desc", "style"].includes(element.nodeName)) continue;
    if (element.checkVisibility && !element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width === 0 || box.right < 0) continue;
    texts.push({ element, box, text: node.nodeValue.trim().slice(0, 40), first: range.getClientRects()[0] });
  }
  const inside = (e, list) => list.some(x => x === e);
  const faint = [], overlapping = [];
  for (const t of texts) {
    // A picture that scrolls by itself shows a part; what is not on the screen has nothing behind it.
    const x = t.first.left + t.first.width / 2, y = t.first.top + t.first.height / 2;
    const frame = t.element.closest(".figure-frame")?.getBoundingClientRect();
    if (x > innerWidth || y > innerHeight || x < 0 || y < 0 || (frame && (x > frame.right || x < frame.left))) continue;
    const style = getComputedStyle(t.element);
    const ratio = contrast(parse(t.element instanceof SVGElement ? style.fill : style.color), ground(x, y, t.element));
    if (ratio < 4.5) faint.push(t.text + " " + ratio.toFixed(2));
  }
  const svgTexts = texts.filter(t => t.element instanceof SVGElement);
  for (let i = 0; i < svgTexts.length; i++) {
    const a = svgTexts[i].box;
    const svg = svgTexts[i].element.ownerSVGElement.getBoundingClientRect();
    if (a.left < svg.left || a.right > svg.right || a.top < svg.top || a.bottom > svg.bottom) overlapping.push(svgTexts[i].text + " leaves the picture");
    for (let j = i + 1; j < svgTexts.length; j++) {
      const b = svgTexts[j].box;
      if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 2.5 && b.top < a.bottom - 2.5) overlapping.push(svgTexts[i].text + " / " + svgTexts[j].text);
    }
    // A text stays inside the smallest box that holds its start.
    let home = null;
    for (const r of svgTexts[i].element.ownerSVGElement.querySelectorAll("rect:not(.ring):not(.memory)")) {
      const c = r.getBoundingClientRect();
      const middle = (a.top + a.bottom) / 2, start = a.left + 1;
      if (c.left <= start && c.right >= start && c.top <= middle && c.bottom >= middle && (!home || c.width * c.height < home.width * home.height)) home = c;
    }
    if (home && a.right > home.right + 0.5) overlapping.push(svgTexts[i].text + " leaves its box");
  }
  return { texts: texts.length, faint, overlapping, scroll: document.documentElement.scrollWidth, width: innerWidth, height: document.documentElement.scrollHeight };
})()
