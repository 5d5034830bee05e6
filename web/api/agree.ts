/**
 * Holds the hand-narrowed types against the generated ones: a route that the server does not have, or an answer field
 * that it does not send, fails the type check here. Nothing of this file reaches a page.
 */
import type { Paths } from './paths';
import type { paths } from './schema';

type Body<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Out } } } } ? Out : never;
type Operations<All, Route, Method extends string> = Route extends keyof All ? (All[Route] extends Record<Method, infer Operation> ? Operation : never) : never;
/** The fields of an answer, and those of the rows in its lists. */
type Fields<T> = { [K in keyof T & string]: K | (NonNullable<T[K]> extends readonly (infer Row)[] ? Row extends object ? `${K}[].${keyof Row & string}` : never : never) }[keyof T & string];
/** Names of fields that our type of an answer has and the server's has not. */
type Invented<Route, Method extends string> = Exclude<
  Fields<Required<Body<Operations<Paths, Route, Method>>>>,
  Fields<Required<Body<Operations<paths, Route, Method>>>>
>;
type Wrong<Method extends string> = {
  [Route in keyof Paths as Paths[Route] extends Record<Method, unknown>
    ? [Invented<Route, Method>] extends [never] ? never : Route
    : never]: Invented<Route, Method>;
};

type None<T extends Record<string, never>> = T;
type Missing = Exclude<keyof Paths, keyof paths>;

export type NoRouteIsInvented = [Missing] extends [never] ? true : { invented: Missing };
export type NoAnswerFieldIsInvented = [None<Wrong<'get'>>, None<Wrong<'post'>>];
export const routesAgree: NoRouteIsInvented = true;
