/** `npm run build:controller`: the controller as one file, which the image runs: dist/controller/main.js. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleController, CONTROLLER_MAIN } from './controller/bundle.ts';

const FOLDER = resolve(import.meta.dirname, '../dist/controller');

await bundleController(FOLDER);
const { size } = await stat(join(FOLDER, CONTROLLER_MAIN));
process.stdout.write(`${join(FOLDER, CONTROLLER_MAIN)}: ${(size / 1e6).toFixed(1)} MB\n`);
