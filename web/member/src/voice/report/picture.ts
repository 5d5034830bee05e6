/** Makes a picture of a camera as small as a phone needs it, so that members do not pay for what they cannot see. */
const SIDE = 1_600;
const LARGE_BYTES = 600_000;

/** The picture smaller, or as it is where this browser cannot, or nothing would be gained. */
export async function smaller(file: File): Promise<Blob> {
  // Older engines would forget which side is up; the server keeps that.
  if (file.size <= LARGE_BYTES || !CSS.supports('image-orientation', 'from-image')) return file;
  const url = URL.createObjectURL(file);
  try {
    const image = await loaded(url);
    const scale = Math.min(1, SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((go) => canvas.toBlob(go, 'image/jpeg', 0.85));
    return blob && blob.size > 0 && blob.size < file.size ? blob : file;
  } catch {
    return file; // no picture at all: the server says so
  } finally {
    URL.revokeObjectURL(url);
  }
}

function loaded(url: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error('no picture'));
    image.src = url;
  });
}
