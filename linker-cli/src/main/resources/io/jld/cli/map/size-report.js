'use strict';
// The data is rows (SizePage.java): groups of [object, section, others, their bytes, then name and bytes of each symbol],
// with the bytes of the earlier link after each number of bytes where there is one.
const data = JSON.parse(document.getElementById('data').textContent);
const compares = Boolean(data.base);
const $ = id => document.getElementById(id);
const state = { group: 'library', bytes: 'file', colour: compares ? 'change' : 'kind', theme: '', tab: 'inside', path: [], search: '' };
let root; // of the tree that is shown
let here; // the node that the treemap shows
let cells = []; // its areas, as they are on the screen
let found = null; // what a search has found; null: no search

// The tree

class Node {
  constructor(name, parent, kind) {
    this.name = name;
    this.parent = parent;
    this.kind = kind; // what it is for people: library, object, section, symbol
    this.now = 0;
    this.was = 0;
    this.children = [];
    this.byName = null;
    this.section = null;
  }
  child(name, kind) {
    this.byName ??= new Map();
    let c = this.byName.get(name);
    if (!c) {
      c = new Node(name, this, kind);
      this.byName.set(name, c);
      this.children.push(c);
    }
    return c;
  }
  get area() { return state.colour === 'change' ? Math.max(this.now, this.was) : this.now; }
  get change() { return this.now - this.was; }
  path() { return this.parent ? [...this.parent.path(), this.name] : []; }
}

function build() {
  const top = new Node(baseName(data.output.file), null, 'output');
  const step = compares ? 2 : 1;
  for (const row of data.groups) {
    const [library, object] = data.objects[row[0]];
    const section = data.sections[row[1]];
    if (!section[state.bytes === 'file' ? 2 : 3]) continue;
    const names = [[data.libraries[library], 'library']];
    if (object) names.push([object, 'object']);
    names.splice(state.group === 'section' ? 0 : names.length, 0, [section[0], 'section']);
    let at = top;
    for (const [name, kind] of names) at = at.child(name, kind);
    at.section ??= section;
    const leaf = (name, i) => {
      const c = at.child(name, 'symbol');
      c.section = section;
      c.now += row[i];
      c.was += compares ? row[i + 1] : 0;
    };
    if (row[2]) leaf(row[2] === 1 ? '1 other symbol' : row[2].toLocaleString('en') + ' other symbols', 3);
    for (let i = 3 + step; i < row.length; i += 1 + step) leaf(row[i], i + 1);
  }
  total(top);
  return top;
}

function total(node) {
  for (const c of node.children) {
    total(c);
    node.now += c.now;
    node.was += c.was;
  }
  // One symbol that is called like the section says nothing more.
  if (node.children.length === 1 && node.children[0].kind === 'symbol' && node.children[0].name === node.name) {
    node.section = node.children[0].section;
    node.children = [];
  }
  node.children.sort((a, b) => b.area - a.area || (a.name < b.name ? -1 : 1));
  if (!node.section && node.children.length) node.section = node.children[0].section;
}

function* leaves(node) {
  if (!node.children.length) yield node;
  for (const c of node.children) yield* leaves(c);
}

function walk(path) {
  let at = root;
  for (const name of path) {
    const next = at.children.find(c => c.name === name);
    if (!next) break;
    at = next;
  }
  return at.children.length || !at.parent ? at : at.parent;
}

// Words

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB'];
function size(n) {
  let unit = 0;
  let value = Math.abs(n);
  while (value >= 1024 && unit < 3) { value /= 1024; unit++; }
  return (unit ? value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0) : value) + ' ' + UNITS[unit];
}
const signed = n => (n > 0 ? '+' : n < 0 ? '−' : '±') + size(n);
function percent(n, of) {
  const part = of ? 100 * n / of : 0;
  return (part && part < .1 ? '< 0.1' : part.toFixed(part && part < 10 ? 1 : 0)) + ' %';
}
const exact = n => n.toLocaleString('en') + ' bytes';
const baseName = path => path.slice(path.lastIndexOf('/') + 1) || path;
const label = node => node.kind === 'library' || node.kind === 'object' ? baseName(node.name) : node.name;

function changeText(node) {
  if (!node.was) return 'new';
  if (!node.now) return 'gone, was ' + size(node.was);
  return node.change ? signed(node.change) + ' (' + (node.change > 0 ? '+' : '−') + percent(Math.abs(node.change), node.was) + ')' : 'unchanged';
}
const describe = node => [node.kind, label(node), size(node.now), percent(node.now, root.now) + ' of all', ...(compares ? [changeText(node)] : [])].join(', ');

// The treemap: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000)

function squarify(nodes, x, y, w, h, place) {
  const items = nodes.filter(n => n.area > 0);
  let left = items.reduce((sum, n) => sum + n.area, 0);
  let i = 0;
  while (i < items.length && w > 0 && h > 0) {
    const side = Math.min(w, h);
    const scale = w * h / left;
    let sum = 0;
    let worst = Infinity;
    let end = i;
    while (end < items.length) {
      const more = sum + items[end].area;
      const length = more * scale / side;
      const ratio = a => { const other = a * scale / length; return Math.max(length / other, other / length); };
      const next = Math.max(ratio(items[i].area), ratio(items[end].area));
      if (next > worst) break;
      worst = next;
      sum = more;
      end++;
    }
    const length = sum * scale / side;
    let at = 0;
    for (; i < end; i++) {
      const along = items[i].area * scale / length;
      if (w >= h) place(items[i], x, y + at, length, along);
      else place(items[i], x + at, y, along, length);
      at += along;
    }
    if (w >= h) { x += length; w -= length; } else { y += length; h -= length; }
    left -= sum;
  }
}

const HEAD = 18; // room for a name above what is inside
const SMALL = 6;

function draw() {
  const map = $('map');
  const { width, height } = map.getBoundingClientRect();
  cells = [];
  const all = document.createDocumentFragment();
  const place = (node, x, y, w, h, level, outer) => {
    if (w < SMALL || h < SMALL || cells.length > 3000) return;
    const inner = node.children.length > 0 && w > 40 && h > 40;
    const div = document.createElement('div');
    div.className = 'cell ' + (inner ? 'outer' : '');
    div.style.cssText = `left:${x}px;top:${y}px;width:${w}px;height:${h}px`;
    div.setAttribute('role', 'treeitem');
    div.setAttribute('aria-level', level);
    div.setAttribute('aria-label', describe(node));
    if (inner) div.setAttribute('aria-expanded', 'true');
    div.tabIndex = cells.length ? -1 : 0;
    if (w > 28 && h > 15) div.textContent = label(node);
    const cell = { node, div, outer, inner: [] };
    paint(cell, inner);
    div.cell = cell;
    cells.push(cell);
    if (outer) outer.inner.push(cell);
    all.append(div);
    if (inner) {
      squarify(node.children, x + 3, y + HEAD, w - 6, h - HEAD - 3, (n, ...box) => place(n, ...box, level + 1, cell));
    }
  };
  const shown = here.children.length ? here.children : [here];
  squarify(shown, 0, 0, width, height, (n, ...box) => place(n, ...box, 1, null));
  map.replaceChildren(all);
  markFound();
}

function paint(cell, inner) {
  const { node, div } = cell;
  if (state.colour === 'kind') {
    if (inner && node.kind !== 'section' && state.group === 'library') div.style.background = 'var(--frame)';
    else div.classList.add('kind-' + node.section[1]);
  } else {
    div.style.background = changeColour(node);
  }
}

/** A change of a fifth or more has the full colour. */
function changeColour(node) {
  const part = Math.abs(node.change) / Math.max(node.now, node.was, 1);
  if (!part) return 'var(--same)';
  return `rgba(var(--${node.change > 0 ? 'more' : 'less'}), ${Math.min(.85, .15 + 3.5 * part)})`;
}

// Search

function search() {
  const text = state.search.trim().toLowerCase();
  found = null;
  if (text) {
    found = { nodes: [], whole: new Set(), part: new Set(), now: 0, was: 0 };
    const visit = node => {
      if (node.parent && node.name.toLowerCase().includes(text)) {
        found.nodes.push(node);
        found.whole.add(node);
        found.now += node.now;
        found.was += node.was;
        for (let up = node.parent; up && !found.part.has(up); up = up.parent) found.part.add(up);
      } else {
        node.children.forEach(visit);
      }
    };
    visit(root);
    found.nodes.sort((a, b) => b.area - a.area);
  }
}

function isFound(node) {
  for (let up = node; up; up = up.parent) if (found.whole.has(up)) return true;
  return false;
}

function markFound() {
  $('map').classList.toggle('searching', Boolean(found));
  for (const { node, div } of cells) {
    const hit = found && isFound(node);
    div.classList.toggle('hit', Boolean(hit));
    div.classList.toggle('miss', Boolean(found && !hit && !found.part.has(node)));
  }
}

// Lists

const LIMIT = 200;
const LISTS = {
  inside: ['Contents', () => here.children],
  symbols: ['Symbols', () => [...leaves(here)].filter(n => n.now).sort((a, b) => b.now - a.now)],
  ...(compares && {
    grown: ['Grown', () => [...leaves(here)].filter(n => n.change > 0).sort((a, b) => b.change - a.change)],
    shrunk: ['Shrunk', () => [...leaves(here)].filter(n => n.change < 0).sort((a, b) => a.change - b.change)],
  }),
};

function list() {
  const searching = Boolean(found);
  const rows = searching ? found.nodes : LISTS[state.tab][1]();
  const sum = rows.reduce((n, r) => n + r.now, 0);
  const change = rows.reduce((n, r) => n + r.change, 0);
  $('said').textContent =
    (searching ? `${rows.length.toLocaleString('en')} found for “${state.search.trim()}”, ` : `${rows.length.toLocaleString('en')} in ${label(here)}, `) +
    `${size(sum)}` + (compares ? `, ${signed(change)}` : '') + (rows.length > LIMIT ? `; the first ${LIMIT}` : '');
  $('columns').innerHTML = '<th scope="col">Name</th><th scope="col">Size</th>' + (compares ? '<th scope="col">Change</th>' : '<th scope="col">Of all</th>');
  const most = Math.max(...rows.slice(0, LIMIT).map(r => Math.max(r.now, r.was)), 1);
  $('rows').replaceChildren(...rows.slice(0, LIMIT).map(node => {
    const tr = document.createElement('tr');
    const name = tr.insertCell();
    const button = name.appendChild(document.createElement('button'));
    button.type = 'button';
    button.textContent = label(node);
    button.title = node.name;
    button.onclick = () => zoom(node.children.length ? node : node.parent, node);
    if (searching || state.tab !== 'inside') {
      name.appendChild(document.createElement('small')).textContent =
        node.path().slice(0, -1).map(baseName).join(' › ');
    }
    const now = tr.insertCell();
    now.textContent = size(node.now);
    now.title = exact(node.now);
    const bar = now.appendChild(document.createElement('span'));
    bar.className = 'bar';
    bar.style.width = 100 * node.now / most + '%';
    bar.style.marginLeft = 'auto';
    const third = tr.insertCell();
    if (compares) {
      third.textContent = node.was ? node.change ? signed(node.change) : '' : 'new';
      third.className = node.change > 0 ? 'more' : node.change < 0 ? 'less' : '';
      third.title = changeText(node);
    } else {
      third.textContent = percent(node.now, root.now);
    }
    return tr;
  }));
  $('list').scrollTop = 0;
}

// What is around

function frame() {
  $('title').textContent = baseName(data.output.file);
  document.title = 'Sizes of ' + baseName(data.output.file);
  $('summary').textContent =
    `${data.output.architecture}, ${size(root.now)} in ${state.bytes === 'file' ? 'the file' : 'memory'}` +
    (compares ? `; ${changeText(root)} since ${baseName(data.base.file)}` : '') + `; ${data.linker}`;
  const places = [];
  for (let at = here; at; at = at.parent) places.unshift(at);
  $('path').replaceChildren(...places.flatMap((node, i) => {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = label(node);
    b.title = node.name;
    if (node === here) b.setAttribute('aria-current', 'location');
    b.onclick = () => zoom(node);
    if (!i) return [b];
    const arrow = document.createElement('span');
    arrow.textContent = '›';
    return [arrow, b];
  }));
  $('path').append(Object.assign(document.createElement('span'), { textContent: ` ${size(here.now)}, ${percent(here.now, root.now)} of all` }));
  $('tabs').replaceChildren(...Object.entries(LISTS).map(([tab, [text]]) => {
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = text;
    b.setAttribute('role', 'tab');
    b.setAttribute('aria-controls', 'list');
    b.setAttribute('aria-selected', String(tab === state.tab && !found));
    b.onclick = () => { state.tab = tab; state.search = ''; update(); $('tabs').querySelector('[aria-selected=true]').focus(); };
    return b;
  }));
  const legend = state.colour === 'kind'
    ? [['code', 'code'], ['rodata', 'read-only data'], ['data', 'data'], ['bss', 'zeroed data'], ['debug', 'debug information'], ['other', 'symbol table and other']]
      .map(([kind, text]) => [`var(--${kind})`, text])
    : [['rgba(var(--more), .85)', 'grown or new'], ['var(--same)', 'unchanged'], ['rgba(var(--less), .85)', 'shrunk or gone']];
  $('legend').replaceChildren(...legend.map(([colour, text]) => {
    const li = document.createElement('li');
    li.appendChild(document.createElement('i')).style.background = colour;
    li.append(text);
    return li;
  }));
  for (const id of ['group', 'bytes', 'colour']) $(id).value = state[id];
  if ($('search').value !== state.search) $('search').value = state.search;
  $('colour').parentElement.hidden = !compares;
}

/** Shows a node, with the focus on one of its areas. */
function zoom(node, focus) {
  if (!node) return;
  state.path = node.path();
  if (focus) state.search = '';
  update(true);
  const cell = focus && cells.find(c => c.node === focus);
  if (cell) focusOn(cell);
}

function focusOn(cell) {
  for (const c of cells) c.div.tabIndex = -1;
  cell.div.tabIndex = 0;
  cell.div.focus({ preventScroll: true });
}

// The state, which the address has after its #

function update(push) {
  const key = state.group + state.bytes + state.colour;
  if (!root || root.key !== key) {
    root = build();
    root.key = key;
  }
  here = walk(state.path);
  state.path = here.path();
  search();
  frame();
  draw();
  list();
  const hash = '#' + new URLSearchParams({
    group: state.group, bytes: state.bytes, colour: state.colour, ...(state.search && { search: state.search }),
    ...(state.theme && { theme: state.theme }), ...(state.path.length && { path: JSON.stringify(state.path) }),
  });
  if (hash !== location.hash) history[push ? 'pushState' : 'replaceState'](null, '', hash);
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const id of ['group', 'bytes', 'colour']) {
    if ([...$(id).options].some(o => o.value === given.get(id))) state[id] = given.get(id);
  }
  if (!compares) state.colour = 'kind';
  state.search = given.get('search') ?? '';
  theme(given.get('theme') ?? state.theme);
  try {
    state.path = JSON.parse(given.get('path') ?? '[]');
  } catch {
    state.path = [];
  }
}

const THEMES = { '': 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
function theme(name) {
  state.theme = name in THEMES ? name : '';
  if (state.theme) document.documentElement.dataset.theme = state.theme;
  else delete document.documentElement.dataset.theme;
  $('theme').textContent = THEMES[state.theme];
}

// People

for (const id of ['group', 'bytes', 'colour']) {
  $(id).onchange = () => {
    if (id === 'group') state.path = [];
    state[id] = $(id).value;
    update();
  };
}
$('controls').onsubmit = e => e.preventDefault();
$('theme').onclick = () => {
  const names = Object.keys(THEMES);
  theme(names[(names.indexOf(state.theme) + 1) % names.length]);
  update();
};
let typing;
$('search').oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    state.search = $('search').value;
    search();
    frame();
    markFound();
    list();
  }, 120);
};
$('search').onkeydown = e => {
  if (e.key === 'Escape') { state.search = ''; update(); }
};
$('map').onclick = e => {
  const cell = e.target.cell;
  if (cell) zoom(cell.node.children.length ? cell.node : cell.node.parent, cell.node.children.length ? null : cell.node);
};
$('map').onkeydown = e => {
  const cell = e.target.cell;
  if (!cell || e.altKey || e.ctrlKey || e.metaKey) return;
  const row = cells.filter(c => c.outer === cell.outer);
  const next = {
    ArrowRight: row[row.indexOf(cell) + 1], ArrowLeft: row[row.indexOf(cell) - 1], ArrowDown: cell.inner[0], ArrowUp: cell.outer,
    Home: row[0], End: row[row.length - 1],
  };
  if (e.key in next) {
    if (next[e.key]) focusOn(next[e.key]);
  } else if (e.key === 'Enter' || e.key === ' ') {
    if (cell.node.children.length) {
      zoom(cell.node);
      if (cells[0]) focusOn(cells[0]);
    }
  } else if (e.key === 'Escape' || e.key === 'Backspace') {
    const from = here;
    if (here.parent) zoom(here.parent, from);
  } else {
    return;
  }
  e.preventDefault();
};
addEventListener('keydown', e => {
  if (e.key === '/' && !/INPUT|SELECT/.test(e.target.tagName)) {
    $('search').focus();
    e.preventDefault();
  }
});
function tip(cell, x, y) {
  const node = cell.node;
  const t = $('tip');
  t.replaceChildren(
    Object.assign(document.createElement('b'), { textContent: node.name }),
    `${exact(node.now)}, ${percent(node.now, root.now)} of all`,
    ...(compares ? [document.createElement('br'), changeText(node)] : []),
    document.createElement('br'),
    Object.assign(document.createElement('span'), { textContent: node.path().slice(0, -1).map(baseName).join(' › ') }));
  t.hidden = false;
  const box = t.getBoundingClientRect();
  t.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + 'px';
  t.style.top = (y + 18 + box.height > innerHeight ? Math.max(4, y - box.height - 10) : y + 18) + 'px';
}
$('map').onmousemove = e => (e.target.cell ? tip(e.target.cell, e.clientX, e.clientY) : ($('tip').hidden = true));
$('map').onmouseleave = () => ($('tip').hidden = true);
$('map').addEventListener('focusin', e => {
  if (e.target.cell && e.target.matches(':focus-visible')) {
    const box = e.target.getBoundingClientRect();
    tip(e.target.cell, box.left + 8, Math.min(box.top + 8, innerHeight - 90));
  }
});
$('map').addEventListener('focusout', () => ($('tip').hidden = true));
addEventListener('popstate', () => { readAddress(); update(); });
new ResizeObserver(() => { if (root) draw(); }).observe($('map'));
readAddress();
update();
