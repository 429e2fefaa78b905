import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const folder = fileURLToPath(new URL('../modules/stickers/assets/', import.meta.url));

// Run after changing a drawing: node src/cli/draw-stickers.ts
for (const name of (await readdir(folder)).filter((file) => file.endsWith('.svg'))) {
  const target = name.replace('.svg', '.webp');
  await sharp(`${folder}${name}`, { density: 288 }).resize(384, 384).webp({ quality: 90 }).toFile(`${folder}${target}`);
  console.log(target);
}
