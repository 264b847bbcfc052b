import type { Pack } from '@/lib/language';

export default { modules: {} } satisfies Pack;
