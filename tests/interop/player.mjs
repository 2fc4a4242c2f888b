// Opens pages of a WACZ in replayweb.page's player, in a browser without a window, all on loopback.
//
//   node player.mjs NODE_FOLDER PLAYER_FOLDER BROWSER FILE.wacz < pages.json > found.json
//
// pages.json: [{url, ts, wanted}]; found.json: for each page the text of the replayed frame in which `wanted` stood and
// whether all its pictures have a size, or null.
import fs from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const [nodeFolder, player, browserPath, wacz] = process.argv.slice(2);
const { chromium } = createRequire(path.join(nodeFolder, "x.js"))("playwright-core");
const wanted = JSON.parse(fs.readFileSync(0, "utf8"));
const PATIENCE = 90_000; // a busy machine takes its time; an idle one needs two seconds a page

const page = ({ url, ts }) => `<!doctype html><meta charset="utf-8"><script src="/ui.js"></script>
<replay-web-page source="/kept.wacz" url="${url.replaceAll("&", "&amp;")}" ts="${ts}" replayBase="/replay/"
 style="height: 700px"></replay-web-page>`;

function fileOf(name) {
  if (name === "/kept.wacz") return [wacz, "application/wacz"];
  if (name === "/replay/sw.js") return [path.join(player, "sw.js"), "text/javascript"];
  if (name === "/ui.js") return [path.join(player, "ui.js"), "text/javascript"];
  return [null, null];
}

// The player reads a WACZ piece by piece, so the server must know ranges.
function serve(request, response) {
  const { pathname } = new URL(request.url, "http://loopback");
  const number = /^\/page\/(\d+)$/.exec(pathname)?.[1];
  if (number !== undefined) {
    response.setHeader("content-type", "text/html");
    return response.end(page(wanted[number]));
  }
  const [name, type] = fileOf(pathname);
  if (!name) return response.writeHead(404).end();
  const { size } = fs.statSync(name);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const start = range ? Number(range[1]) : 0;
  const end = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  const headers = { "content-type": type, "accept-ranges": "bytes", "content-length": end - start + 1 };
  if (range) headers["content-range"] = `bytes ${start}-${end}/${size}`;
  response.writeHead(range ? 206 : 200, headers);
  if (request.method === "HEAD") return response.end();
  return fs.createReadStream(name, { start, end }).pipe(response);
}

async function look(tab, text) {
  for (const frame of tab.frames().filter((one) => one.url().includes("mp_/"))) {
    const seen = await frame
      .evaluate(() => ({
        text: document.body?.innerText ?? "",
        pictures: [...document.images].every((image) => image.complete && image.naturalWidth > 0),
      }))
      .catch(() => null); // the frame went away meanwhile
    if (seen?.text.includes(text)) return seen;
  }
  return null;
}

const server = http.createServer(serve);
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
const found = [];
try {
  for (const [number, { wanted: text }] of wanted.entries()) {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${server.address().port}/page/${number}`);
    let seen = null;
    let loaded = Date.now();
    for (const end = loaded + PATIENCE; !(seen?.pictures) && Date.now() < end; ) {
      await tab.waitForTimeout(200);
      if (Date.now() - loaded > PATIENCE / 3) {
        await tab.reload(); // its service worker may have come too late for the first load
        loaded = Date.now();
      }
      seen = await look(tab, text);
    }
    found.push(seen);
    await tab.close();
  }
} finally {
  await browser.close();
  server.close();
  server.closeAllConnections();
}
process.stdout.write(JSON.stringify(found));
