import { type ErrorCode, errors } from '../errors.ts';
import { Problem } from '../sync.ts';
import type { Components } from './components.ts';
import type { JsonObject } from './json.ts';

/** The error answers of all operations; those that are equal are written once. */
export interface Problems {
  /** A whole answer with these codes, to be used beside others. */
  build(codes: readonly ErrorCode[]): ProblemResponse;
  /** A reference to such an answer. */
  refer(codes: readonly ErrorCode[]): JsonObject;
  /** All that was referred to, by name. */
  responses(): JsonObject;
}

export interface ProblemResponse extends JsonObject {
  description: string;
  content: JsonObject;
}

export function createProblems(components: Components): Problems {
  const used = new Map<string, JsonObject>();

  function build(codes: readonly ErrorCode[]): ProblemResponse {
    const schema = {
      allOf: [components.schema(Problem), { properties: { code: { enum: [...codes], description: 'One of these.' } } }],
    };
    const description = codes.map((code) => `\`${code}\`: ${errors[code].text}`).join(' ');
    return { description, content: { 'application/problem+json': { schema } } };
  }

  function refer(codes: readonly ErrorCode[]): JsonObject {
    const name = codes.join('.');
    if (!used.has(name)) used.set(name, build(codes));
    return { $ref: `#/components/responses/${name}` };
  }

  const responses = () => Object.fromEntries([...used].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { build, refer, responses };
}

/** Status -> the codes that are answered with it. */
export function groupByStatus(codes: readonly ErrorCode[]): Map<string, ErrorCode[]> {
  const found = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const status = String(errors[code].status);
    found.set(status, [...(found.get(status) ?? []), code]);
  }
  return found;
}
