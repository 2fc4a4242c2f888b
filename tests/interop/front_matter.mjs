// Reads the front matter of the files named on the command line with two YAML readers; prints {file: {yaml, grayMatter}}.
// Run from the folder that holds node_modules with `yaml` and `gray-matter`.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const YAML = require('yaml');
const matter = require('gray-matter');

const result = {};
for (const file of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const text = readFileSync(file, 'utf8');
  const block = /^---\n([\s\S]*?)\n---\n/.exec(text);
  const read = matter(text);
  result[file] = { yaml: YAML.parse(block[1]), grayMatter: read.data, content: read.content };
}
process.stdout.write(JSON.stringify(result));
