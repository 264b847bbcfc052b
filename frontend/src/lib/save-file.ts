/** How long the browser may take to begin to read the file. */
const FILE_MS = 60_000;

/** Has the browser keep PARTS, one after the other, as a file of that NAME. */
export function saveFile(name: string, type: string, parts: string[]): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), FILE_MS);
}
