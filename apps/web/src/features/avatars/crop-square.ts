const side = 1_024;

/** The middle of a picture as a square, no larger than is of use. Rejects what is no picture. */
export async function cropSquare(file: Blob): Promise<Blob> {
  const picture = await createImageBitmap(file);
  const { width, height } = picture;
  const length = Math.min(width, height);
  const target = Math.min(side, length);
  const canvas = document.createElement('canvas');
  canvas.width = target;
  canvas.height = target;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no pictures.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, (width - length) / 2, (height - length) / 2, length, length, 0, 0, target, target);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('The picture is too large.')) : resolve(blob)),
      'image/webp',
      0.92,
    );
  });
}
