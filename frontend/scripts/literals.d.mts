export function literalsIn(file: string, text: string): { line: number; text: string; kept: boolean }[];
export function wrongIn(root: string, notYet: readonly string[]): string[];
