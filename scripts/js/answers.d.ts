/* What a request of ours is answered, by its method and address: the shapes of docs/openapi.json. */
import type { paths } from "./api";

type Segments<P extends string> = P extends `${infer First}/${infer Rest}` ? [First, ...Segments<Rest>] : [P];
type Bare<P extends string> = P extends `${infer Path}?${string}` ? Path : P;
/* Segment by segment; one in braces is anything. */
type Fits<Asked, Known> = Known extends [infer K, ...infer Ks]
  ? Asked extends [infer A, ...infer As]
    ? K extends `{${string}}` ? Fits<As, Ks> : A extends K ? Fits<As, Ks> : false
    : false
  : Asked extends [] ? true : false;
type Route<P extends string> = P extends keyof paths
  ? P
  : { [K in keyof paths]: Fits<Segments<P>, Segments<K>> extends true ? K : never }[keyof paths];
type Operation<M extends string, P extends keyof paths> = Lowercase<M> extends keyof paths[P] ? paths[P][Lowercase<M>] : never;
type Body<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 ? (R[S] extends { content: { "application/json": infer J } } ? J : never) : never }[keyof R]
  : never;
type Found<M extends string, P extends string> = [Route<P>] extends [never] ? never : Body<Operation<M, Route<P>>>;

/* An address that is put together of more than the interface knows is answered with anything. */
export type Answer<M extends string, P extends string> = string extends P ? any : [Found<M, Bare<P>>] extends [never] ? any : Found<M, Bare<P>>;
