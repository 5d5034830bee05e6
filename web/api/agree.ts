/**
 * Holds the hand-narrowed types against the generated ones: a route that the server does not have, or an answer field
 * that it does not send, fails the type check here. Nothing of this file reaches a page.
 */
import type { Paths } from './paths';
import type { paths } from './schema';

type Body<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Out } } } } ? Out : never;
type Operations<All, Route, Method extends string> = Route extends keyof All ? (All[Route] extends Record<Method, infer Operation> ? Operation : never) : never;
/** Names of fields that our type of an answer has and the server's has not. */
type Invented<Route, Method extends string> = Exclude<
  keyof Body<Operations<Paths, Route, Method>>,
  keyof Body<Operations<paths, Route, Method>>
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
