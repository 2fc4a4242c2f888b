// Search over all articles, from files alone. The format of the files is described in docs/site.md.
"use strict";
(() => {
  const WORD = "0-9a-z\u00df-\u00f6\u00f8-\u024f\u0370-\u1fff";
  const UNSPACED = "\\u3005-\\u3007\\u3040-\\u30ff\\u3100-\\u312f\\u31a0-\\u31bf\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\ue000-\\uf8ff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
  const RUNS = new RegExp(`[${WORD}]+|[${UNSPACED}]+`, "gu");
  const IS_WORD = new RegExp(`^[${WORD}]`, "u");
  const WORD_BEFORE = new RegExp(`[${WORD}]$`, "u");
  const [FIRST, AT_ONCE, FEW, AROUND] = [10, 32, 12, 40];
  const [ROWS, SOME] = [100, 1000]; // of a list; that are shown at once, before the browser may draw
  const $ = (id) => document.getElementById(id);
  const fields = { q: $("q"), y: $("year"), c: $("category"), a: $("author") };

  // Data come as scripts, because pages opened from a disk may not fetch anything.
  const arrived = new Map(), loading = new Map();
  window.hkcnews = (name, data) => arrived.set(name, data);
  function load(name) {
    if (!loading.has(name)) {
      loading.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `search/${name}.js`;
        script.onload = () => { script.remove(); resolve(arrived.get(name)); arrived.delete(name); };
        script.onerror = () => { script.remove(); loading.delete(name); reject(new Error(`search/${name}.js`)); };
        document.head.append(script);
      }));
    }
    return loading.get(name);
  }

  // --- the files -------------------------------------------------------------------------------------------------
  let folding = null, core = null;
  const fold = (text) => Array.from(text, (char) => folding.get(char) ?? char).join("");

  async function open() {
    if (core) return;
    const [fold, directory, docs] = await Promise.all([load("fold"), load("directory"), load("docs")]);
    const [from, to] = fold.map((text) => Array.from(text));
    folding = new Map(from.map((char, at) => [char, to[at]]));
    const day = new Map(), bits = reader(docs.of);
    for (let id = -1, date = 0; day.size < docs.many; day.set(id, date)) {
      id += bits.gamma();
      const step = bits.rice(0);
      date += step & 1 ? -(step + 1) / 2 : step / 2;
    }
    core = { last: directory.last, read: directory.read, firsts: directory.firsts.split(" "), day };
  }
  const dateOf = (id) => {
    const day = core.day.get(id);
    return day ? new Date(day * 864e5).toISOString().slice(0, 10) : "";
  };

  // Strings in the order of their characters' numbers, as the index has them.
  function before(a, b) {
    const [x, y] = [Array.from(a), Array.from(b)];
    for (let n = 0; n < x.length && n < y.length; n++) {
      if (x[n] !== y[n]) return x[n].codePointAt(0) < y[n].codePointAt(0);
    }
    return x.length < y.length;
  }
  function shardOf(term) { // the last one that does not begin behind the term
    let low = 0, high = core.firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(term, core.firsts[middle])) high = middle; else low = middle + 1;
    }
    return low - 1;
  }

  function reader(packed) { // 31 bits in two characters, the digits of a number
    let next = 0, code = 0, left = 0;
    const digit = () => packed.charCodeAt(next++) - 0x2030;
    const bit = () => {
      if (!left) { code = digit() * 46341 + digit(); left = 31; }
      return (code >> --left) & 1;
    };
    const number = (length) => { let value = 0; while (length--) value = value * 2 + bit(); return value; };
    const gamma = () => { let zeros = 0; while (!bit()) zeros++; return 2 ** zeros + number(zeros); };
    const rice = (low) => {
      let high = 0;
      while (high < 16 && bit()) high++;
      return high === 16 ? gamma() - 1 : high * 2 ** low + number(low);
    };
    const weight = () => { // once, twice, once and in the title, three times, twice and in the title, …
      if (!bit()) return 2;
      const rank = gamma();
      return rank % 2 ? rank + 3 : rank + 1;
    };
    return { number, gamma, rice, weight };
  }
  const lowBits = (last, count) => { const q = Math.floor(last * 13 / (count * 16)); return q ? 31 - Math.clz32(q) : 0; };
  // What follows a pair: third characters, to whether the article at a place in the list of those that hold both pairs
  // holds the three.
  function followers(bits) {
    const found = new Map();
    for (let code = -1; bits.number(1);) {
      code += bits.rice(found.size ? 10 : 14) + 1;
      const most = bits.number(1) === 1, named = new Set(), count = bits.gamma() - 1, low = bits.gamma() - 1;
      for (let k = 0, place = -1; k < count; k++) named.add(place += bits.rice(low) + 1);
      found.set(String.fromCodePoint(code), (place) => named.has(place) !== most);
    }
    return found;
  }
  // Calls found(rest, ids, weights, what follows) for each term of a shard behind a character, as far as wanted(rest).
  function terms(shard, first, wanted, found) {
    for (const [char, rests, packed] of shard) {
      if (char !== first) continue;
      const bits = reader(packed), words = typeof rests === "string" ? rests.split(" ") : null;
      let [code, many, step] = words ? [0, words.length, 0] : rests;
      for (let n = 0; n < many; n++) {
        const gap = words ? 0 : bits.rice(step);
        if (!words && n) code += gap + 1; // the first one is told
        const rest = words ? words[n] : String.fromCodePoint(code);
        const count = bits.gamma(), low = lowBits(core.last, count);
        const ids = new Array(count), weights = new Array(count);
        for (let n = 0, id = -1; n < count; n++) ids[n] = id += bits.rice(low) + 1;
        for (let n = 0; n < count; n++) weights[n] = bits.weight();
        const behind = words ? null : followers(bits);
        if (wanted(rest)) found(rest, ids, weights, behind);
      }
    }
  }
  // Of a term, a word or a pair: the articles that hold it, id to weight, twice the number of times, 1 more if in the
  // title; and what follows it. Pairs stand by their second character.
  async function postings(term) {
    const list = new Map(), chars = Array.from(term);
    if (!IS_WORD.test(term)) chars.reverse();
    const [first, ...others] = chars, rest = others.join(""), at = shardOf(first + rest);
    let behind = new Map();
    if (at >= 0) {
      terms(await load(`index/${at}`), first, (one) => one === rest, (_, ids, weights, follow) => {
        ids.forEach((id, n) => list.set(id, weights[n]));
        behind = follow;
      });
    }
    return { list, behind };
  }
  // All pairs that end with a character, and where it begins a run.
  async function single(char) {
    const list = new Map(), shards = [], last = shardOf(char + "\u{10ffff}");
    for (let at = Math.max(0, shardOf(char)); at <= last; at++) shards.push(load(`index/${at}`));
    for (const shard of await Promise.all(shards)) {
      terms(shard, char, () => true, (_, ids, weights) => ids.forEach((id, n) => {
        const old = list.get(id) ?? 0;
        list.set(id, (((old >> 1) + (weights[n] >> 1)) << 1) | (old & 1) | (weights[n] & 1));
      }));
    }
    return list;
  }
  const article = (id) => load(`text/${Math.floor(id / 1000)}/${id}`);

  // --- a query ---------------------------------------------------------------------------------------------------
  // Parts divided by spaces must all be there. A part: what to look up, and whether that is all there is to it. What is
  // probably rarest comes first: pairs of characters that take little of the index.
  const share = (char) => 1 + shardOf(`${char}\u{10ffff}`) - shardOf(char);
  const commonness = (term) => (IS_WORD.test(term) ? 1 : Array.from(term, share).reduce((a, b) => a * b));
  function parse(query) {
    return fold(query).split(/\s+/).filter(Boolean).map((text) => {
      const runs = text.match(RUNS) ?? [], found = [], threes = [];
      for (const run of runs) {
        const chars = Array.from(run);
        if (IS_WORD.test(run) || chars.length === 1) found.push(chars.slice(0, 64).join(""));
        else for (let n = 0; n + 1 < chars.length; n++) found.push(chars[n] + chars[n + 1]);
        if (!IS_WORD.test(run)) for (let n = 0; n + 2 < chars.length; n++) threes.push([chars[n] + chars[n + 1], chars[n + 1] + chars[n + 2], chars[n + 2]]);
      }
      const wide = (term) => Array.from(term).length === 1 && !IS_WORD.test(term);
      const narrow = [...new Set(found.filter((term) => !wide(term)))].sort((a, b) => commonness(a) - commonness(b));
      const chain = runs.length === 1 && runs[0] === text && threes.length > 0;
      return { text, terms: narrow.length ? narrow : found.slice(0, 1), threes, exact: found.length === 1 && found[0] === text, wide: !narrow.length, chain };
    });
  }

  const AT_WORD_START = (text, at) => !IS_WORD.test(text.slice(at)) || !WORD_BEFORE.test(text.slice(Math.max(0, at - 2), at));
  function places(text, part) { // where a part stands in a folded text; words stand whole
    const found = [];
    const word = IS_WORD.test(part.text), wordEnd = WORD_BEFORE.test(part.text);
    for (let at = text.indexOf(part.text); at >= 0; at = text.indexOf(part.text, at + 1)) {
      const end = at + part.text.length;
      if ((!word || AT_WORD_START(text, at)) && (!wordEnd || !IS_WORD.test(text.slice(end, end + 2)))) found.push(at);
    }
    return found;
  }

  // The articles that may hold a part: id to weight, and how sure that is: COUNTED, HELD (perhaps less often) or OPEN.
  const [OPEN, HELD, COUNTED] = [0, 1, 2];
  async function candidates(part, allowed) {
    if (part.wide) {
      const list = await single(part.terms[0]);
      return { list: allowed ? new Map([...list].filter(([id]) => allowed(id))) : list, sure: () => (part.exact ? COUNTED : OPEN) };
    }
    let list = null;
    const found = new Map(), holders = new Map();
    for (const term of part.terms) {
      if (list?.size <= FEW) break; // to look into so few texts costs less than another shard
      found.set(term, await postings(term));
      const entries = [...found.get(term).list];
      list = new Map(list ? entries.filter(([id]) => list.has(id)).map(([id, weight]) => [id, lesser(weight, list.get(id))]) : allowed ? entries.filter(([id]) => allowed(id)) : entries);
      for (const three of part.threes) {
        const [one, next, char] = three;
        if (holders.has(three) || !found.has(one) || !found.has(next)) continue;
        holders.set(three, hold(found.get(one), found.get(next), char));
        const ids = holders.get(three);
        if (ids) list = new Map([...list].filter(([id]) => ids.has(id)));
      }
    }
    if (part.exact) return { list, sure: () => COUNTED };
    // Threes that overlap in a pair are one string where that pair stands once. A string that has a pair which stands once
    // stands once itself, and where the pair does.
    const known = part.chain && part.threes.every((three) => holders.get(three));
    const once = (pair, id) => found.get(pair).list.get(id) >> 1 === 1;
    const sure = (id) => (!known || !part.threes.slice(1).every(([pair]) => once(pair, id)) ? OPEN : list.get(id) >> 1 === 1 ? COUNTED : HELD);
    return { list, sure };
  }
  const lesser = (a, b) => (Math.min(a >> 1, b >> 1) << 1) | (a & b & 1);
  // The articles that hold a pair and this character behind it; null where so few hold both pairs that texts are read.
  function hold(pair, next, char) {
    const both = [...pair.list.keys()].filter((id) => next.list.has(id)), holds = pair.behind.get(char);
    return both.length <= core.read ? null : new Set(holds ? both.filter((_, place) => holds(place)) : []);
  }

  async function named(file) { // all names, and the place of each article's
    const { names, of } = await load(file), bits = reader(of);
    return [names, new Map([...core.day.keys()].map((id) => [id, bits.gamma() - 1]))];
  }
  async function filter(wanted) {
    const tests = [];
    if (wanted.y) tests.push((id) => dateOf(id).startsWith(wanted.y));
    if (wanted.c) {
      const [names, of] = await named("categories"), right = names.indexOf(wanted.c);
      tests.push((id) => of.get(id) === right);
    }
    if (wanted.a) {
      const [names, of] = await named("authors"), name = fold(wanted.a.trim());
      const right = new Set(names.flatMap((one, at) => fold(one).includes(name) ? [at] : []));
      tests.push((id) => right.has(of.get(id)));
    }
    return tests.length ? (id) => tests.every((test) => test(id)) : null;
  }

  const better = (a, b) => (b.weight & 1) - (a.weight & 1) || (b.weight >> 1) - (a.weight >> 1)
    || core.day.get(b.id) - core.day.get(a.id) || b.id - a.id;

  // --- what is shown ---------------------------------------------------------------------------------------------
  let turn = 0;
  const results = $("results");
  async function search(wanted) {
    const mine = ++turn, stale = () => mine !== turn;
    results.dataset.state = "busy";
    if (!Object.values(wanted).join("").trim()) {
      results.replaceChildren();
      tell("", "");
      results.dataset.state = "done";
      return;
    }
    tell("", "搜尋中… Searching…");
    try {
      await open();
      const parts = parse(wanted.q), indexed = parts.filter((part) => part.terms.length); // the others are punctuation
      if (!indexed.length && wanted.q.trim()) { results.replaceChildren(); tell("0", "請輸入文字或單字。 Please type a character or a word."); results.dataset.state = "done"; return; }
      const allowed = await filter(wanted);
      const found = indexed.length ? [] : [{ list: new Map([...core.day.keys()].filter(allowed).map((id) => [id, 0])), sure: () => COUNTED }];
      for (const part of indexed) {
        if (stale()) return;
        const within = found.at(-1)?.list;
        found.push(await candidates(part, within ? (id) => within.has(id) : allowed));
      }
      if (stale()) return;
      const onlyIndexed = indexed.length === parts.length;
      let hits = [...found.at(-1).list.keys()].map((id) => ({
        id,
        weight: found.reduce((sum, { list }) => sum + (list.get(id) & ~1), 0) | (found.every(({ list }) => list.get(id) & 1) ? 1 : 0),
        sure: onlyIndexed ? Math.min(...found.map(({ sure }) => sure(id))) : OPEN,
      })).sort(better);
      if (hits.some((hit) => hit.sure !== COUNTED)) hits = await confirm(hits, parts, stale);
      if (stale()) return;
      if (!hits.length) tell("0", "沒有文章含有這些字。 No article has these words.");
      else tell(`${hits.length}`, "篇 articles");
      await show(hits, parts, stale);
      if (!stale()) results.dataset.state = "done";
    } catch (error) {
      if (stale()) return;
      tell("", `搜尋檔案未能載入：${error.message} A file of the search could not be loaded.`);
      results.dataset.state = "failed";
    }
  }
  function tell(count, text) { $("count").textContent = count; $("said").textContent = text; }

  // Looks into the texts themselves where the index leaves open whether they are hits, and into the first ones also where
  // it leaves open how often; shows the first ten as soon as they are found.
  async function confirm(hits, parts, stale) {
    const found = [];
    let shown = 0;
    results.replaceChildren();
    for (let at = 0; at < hits.length; at += AT_ONCE) {
      const some = hits.slice(at, at + AT_ONCE);
      const settled = some.map((hit) => hit.sure === COUNTED || (hit.sure === HELD && at > 0));
      const texts = await Promise.all(some.map((hit, n) => (settled[n] ? null : article(hit.id))));
      if (stale()) return [];
      some.forEach((hit, n) => {
        if (settled[n]) { found.push(hit); return; }
        const folded = fold(texts[n].join("\n")), title = fold(texts[n][0]);
        const counts = parts.map((part) => places(folded, part).length);
        if (!counts.every(Boolean)) return;
        const inTitle = parts.every((part) => places(title, part).length);
        found.push({ id: hit.id, weight: 2 * counts.reduce((a, b) => a + b, 0) + (inTitle ? 1 : 0) });
      });
      if (found.length > shown && shown < FIRST) {
        const rows = found.slice(shown, FIRST).map((hit) => filled(row(hit), parts));
        await Promise.all(rows.map((item) => item.ready));
        if (stale()) return [];
        if (shown) results.firstChild.append(...rows); else results.append(listOf(0, rows));
        shown = Math.min(found.length, FIRST);
      }
      tell("", `${found.length.toLocaleString("en")}… ${Math.min(at + AT_ONCE, hits.length).toLocaleString("en")} / ${hits.length.toLocaleString("en")}`);
    }
    return found.sort(better);
  }

  function row(hit) {
    const item = document.createElement("li"), link = document.createElement("a"), meta = document.createElement("p");
    link.href = `article/${Math.floor(hit.id / 1000)}/${hit.id}.html`;
    link.textContent = `${dateOf(hit.id)} · ${hit.id}`;
    meta.className = "meta";
    meta.textContent = dateOf(hit.id);
    item.append(link, meta);
    item.dataset.id = hit.id;
    return item;
  }
  // Titles and words around the hits are read as the reader comes to them. Rows stand in lists of a hundred, of which
  // the browser lays out those in sight only: there may be as many hits as articles.
  const near = (found) => new IntersectionObserver((entries, watcher) => entries.forEach((entry) => {
    if (entry.isIntersecting) { watcher.unobserve(entry.target); found(entry.target); }
  }), { rootMargin: "50%" });
  let watchers = [];
  async function show(hits, parts, stale) {
    watchers.forEach((watcher) => watcher.disconnect());
    const rows = near((item) => filled(item, parts)), lists = near((list) => [...list.children].forEach((item) => rows.observe(item)));
    watchers = [rows, lists];
    const old = new Map([...results.querySelectorAll("li")].map((item) => [Number(item.dataset.id), item]));
    const first = hits.slice(0, FIRST).map((hit) => filled(old.get(hit.id) ?? row(hit), parts));
    await Promise.all(first.map((item) => item.ready)); // before they are shown: nothing moves
    for (let at = 0; at < hits.length; at += ROWS) {
      if (at % SOME === 0) await new Promise((resolve) => setTimeout(resolve));
      if (stale()) return;
      const list = listOf(at, hits.slice(at, at + ROWS).map((hit, n) => first[at + n] ?? row(hit)));
      if (at) results.append(list); else results.replaceChildren(list);
      lists.observe(list);
    }
    if (!hits.length) results.replaceChildren();
  }
  function listOf(at, rows) {
    const list = document.createElement("ol");
    list.className = "rows";
    list.start = at + 1;
    list.append(...rows);
    return list;
  }
  function filled(item, parts) {
    if (item.ready) return item;
    item.ready = article(Number(item.dataset.id)).then(([title, author, category, tags, text]) => {
      const [link, meta] = item.children;
      link.replaceChildren(...marked(title || item.dataset.id, parts));
      meta.textContent = [dateOf(Number(item.dataset.id)), category, author].filter(Boolean).join(" · ");
      const snippet = document.createElement("p");
      snippet.className = "snippet";
      snippet.append(...marked(around([text, author, tags].find((one) => hit(one, parts) >= 0) ?? text, parts), parts));
      item.append(snippet);
    }).catch(() => { item.ready = null; });
    return item;
  }
  function hit(text, parts) {
    const at = Math.min(...parts.map((part) => places(fold(text), part)[0] ?? Infinity));
    return at === Infinity ? -1 : at;
  }
  function around(text, parts) {
    const at = Math.max(0, hit(text, parts));
    const start = at > AROUND ? at - AROUND : 0, end = Math.min(text.length, start + 4 * AROUND);
    return `${start ? "…" : ""}${text.slice(start, end).replace(/\s+/g, " ")}${end < text.length ? "…" : ""}`;
  }
  function marked(text, parts) {
    const folded = fold(text), inside = new Array(text.length).fill(false);
    for (const part of parts) for (const at of places(folded, part)) inside.fill(true, at, at + part.text.length);
    const nodes = [];
    for (let at = 0; at < text.length;) {
      let end = at;
      while (end < text.length && inside[end] === inside[at]) end++;
      const piece = text.slice(at, end);
      if (inside[at]) { const mark = document.createElement("mark"); mark.textContent = piece; nodes.push(mark); } else nodes.push(piece);
      at = end;
    }
    return nodes;
  }

  // --- the form and the address ----------------------------------------------------------------------------------
  const wanted = () => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
  function address(values) {
    const set = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
    return `#${set.toString().replace(/\+/g, "%20")}`;
  }
  let last = null;
  function begin({ keep }) {
    const values = wanted(), hash = address(values);
    if (hash === last) return;
    last = hash;
    if (keep) history.pushState(null, "", hash); else history.replaceState(null, "", hash);
    search(values);
  }
  function fromAddress() {
    const set = new URLSearchParams(location.hash.length > 1 ? location.hash.slice(1) : location.search.slice(1));
    for (const [name, field] of Object.entries(fields)) {
      const value = set.get(name) ?? "";
      if (field.options && ![...field.options].some((one) => one.value === value)) field.add(new Option(value));
      field.value = value;
    }
    last = address(wanted());
    search(wanted());
  }
  let composing = false, timer = 0;
  fields.q.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
  fields.q.addEventListener("compositionend", () => { composing = false; soon(); });
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => { if (!composing) begin({ keep: false }); }, 300); };
  for (const field of [fields.q, fields.a]) field.addEventListener("input", (event) => { if (!composing && !event.isComposing) soon(); });
  for (const field of [fields.y, fields.c, fields.a]) field.addEventListener("change", () => begin({ keep: true }));
  $("search").addEventListener("submit", (event) => { event.preventDefault(); if (!composing) { clearTimeout(timer); begin({ keep: true }); } });
  addEventListener("hashchange", () => { if (location.hash !== last) fromAddress(); });
  addEventListener("popstate", () => { if ((location.hash || "#") !== last) fromAddress(); });
  fromAddress();
})();
