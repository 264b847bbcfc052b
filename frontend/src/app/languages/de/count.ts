import { number } from '@/lib/language';

/** "1 Entität", "1.234 Entitäten". */
export const many = (n: number, one: string, more: string): string => `${number.format(n)} ${n === 1 ? one : more}`;

export const entities = (n: number): string => many(n, 'Entität', 'Entitäten');
