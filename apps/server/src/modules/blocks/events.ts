import { asLogged, type Renderers } from '../../log/render.ts';

export const blockEvents = { 'block.updated': asLogged } satisfies Partial<Renderers>;
