"""How the status page looks. Colours are those of Okabe and Ito, told apart with any colour vision."""

CSS = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1b;--dim:#595959;--line:#d5d5d5;--none:#e7e7e7;--link:#00518a;
--written:#0072b2;--waiting:#e69f00;--unknown_layout:#cc79a7;--unrecoverable:#b83c00;--never_captured:#1b1b1b}
@media(prefers-color-scheme:dark){:root{--bg:#161616;--fg:#ececec;--dim:#b0b0b0;--line:#444;--none:#333;--link:#7cc4f5;
--written:#2f8fc9;--waiting:#f0b429;--unknown_layout:#d990b7;--unrecoverable:#ff7b3d;--never_captured:#f2f2f2}}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.3rem 0}
a{color:var(--link)}a:focus-visible,summary:focus-visible{outline:3px solid var(--waiting);outline-offset:1px}
.states{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;padding:0;margin:1rem 0}
.states strong{font-variant-numeric:tabular-nums}.states small{color:var(--dim)}
.key{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.1em;border:1px solid var(--line)}
.map{margin:.5rem 0}
.map a{display:flex;align-items:center;gap:.5rem;color:var(--dim);text-decoration:none;font-size:.7rem;line-height:1}
.map a:hover,.map a:focus{color:var(--fg);font-weight:bold}
.map span{width:3.2em;text-align:right;font-variant-numeric:tabular-nums}
.map svg{flex:1;height:12px;margin:1px 0;background:var(--none);shape-rendering:crispEdges;display:block}
.written{fill:var(--written)}.waiting{fill:var(--waiting)}.unknown_layout{fill:var(--unknown_layout)}
.unrecoverable{fill:var(--unrecoverable)}.never_captured{fill:var(--never_captured)}
i.written{background:var(--written)}i.waiting{background:var(--waiting)}i.unknown_layout{background:var(--unknown_layout)}
i.unrecoverable{background:var(--unrecoverable)}i.never_captured{background:var(--never_captured)}
.wide{overflow-x:auto}table{border-collapse:collapse}caption{text-align:left;color:var(--dim);font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.25rem .8rem .25rem 0;text-align:left;vertical-align:top;
font-variant-numeric:tabular-nums}thead th{font-size:.85rem;color:var(--dim)}tbody th{font-weight:normal}
meter{width:7rem}details{border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.2rem 0}
.ids{columns:13rem;font-size:.85rem;padding-left:1rem;list-style:none;margin:.3rem 0;font-variant-numeric:tabular-nums}
.ids li[id]{border-left:4px solid var(--line);padding-left:.4rem;margin:.2rem 0;break-inside:avoid;
overflow-wrap:anywhere}
.ids .waiting{border-color:var(--waiting)}.ids .unknown_layout{border-color:var(--unknown_layout)}
.ids .unrecoverable{border-color:var(--unrecoverable)}.ids .never_captured{border-color:var(--never_captured)}
.ids li:target{outline:3px solid var(--waiting)}
"""
