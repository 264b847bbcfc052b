export function literalsIn(file: string, text: string): { line: number; text: string }[];
export function wrongIn(root: string, notYet: readonly string[]): string[];
