// Lines that can be told apart without seeing colours: six colours, and dashes from the seventh on.

const NAMES = ['1', '2', '3', '4', '5', '6'];
const DASHES = [[], [7, 4], [2, 3]];

export function colourOf(at: number): { name: string; dash: number[] } {
  return { name: NAMES[at % NAMES.length]!, dash: DASHES[Math.floor(at / NAMES.length) % DASHES.length]! };
}
