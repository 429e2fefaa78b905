import type { TSchema } from '../schema.ts';
import { exportedSchemas, keyOf } from './components.ts';

interface Node {
  type?: string;
  properties?: Record<string, TSchema>;
  required?: readonly string[];
  items?: TSchema;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly TSchema[];
  patternProperties?: Record<string, TSchema>;
}

const names = new Map([...exportedSchemas].map(([name, schema]) => [keyOf(schema), name]));
/** Named schemas that say less by their name than by what they are. */
const plain = new Set(['Id', 'Timestamp', 'Sequence']);

/** A schema in one line, as a person would write it: `{chatId, message: Message, reason: left|removed}`. */
export function shapeOf(schema: TSchema): string {
  const node = schema as Node;
  if (node.properties === undefined) return typeOf(schema);
  const fields = Object.entries(node.properties).map(([name, field]) => {
    const type = typeOf(field);
    const mark = node.required?.includes(name) ? '' : '?';
    return type === '' ? `${name}${mark}` : `${name}${mark}: ${type}`;
  });
  return `{${fields.join(', ')}}`;
}

/** Empty where the name of the field says enough. */
function typeOf(schema: TSchema): string {
  const name = names.get(keyOf(schema));
  const node = schema as Node;
  if (name !== undefined && plain.has(name)) return '';
  if (node.enum !== undefined) return node.enum.join('|');
  if (node.const !== undefined) return String(node.const);
  if (name !== undefined) return name;
  if (node.anyOf !== undefined) return node.anyOf.map(typeOf).join('|');
  if (node.items !== undefined) return `[${typeOf(node.items)}]`;
  if (node.properties !== undefined) return shapeOf(schema);
  return node.type === 'string' || node.type === 'integer' ? '' : (node.type ?? '');
}
