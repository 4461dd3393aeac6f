/* What our pages have besides what every browser has. Elements are HTML unless a script says otherwise. */
interface ParentNode {
  querySelector(selectors: `a.${string}`): HTMLAnchorElement | null;
  querySelector(selectors: "input"): HTMLInputElement | null;
  querySelectorAll(selectors: `a.${string}`): NodeListOf<HTMLAnchorElement>;
  querySelector<E extends HTMLElement = HTMLElement>(selectors: string): E | null;
  querySelectorAll<E extends HTMLElement = HTMLElement>(selectors: string): NodeListOf<E>;
}
interface Element {
  closest<E extends HTMLElement = HTMLElement>(selectors: string): E | null;
}
/* What is clicked, typed into or left is an element; which one it is its page knows. */
interface EventTarget {
  closest(selectors: `a.${string}`): HTMLAnchorElement | null;
  closest<E extends HTMLElement = HTMLElement>(selectors: string): E | null;
  matches(selectors: string): boolean;
  readonly dataset: DOMStringMap;
  value: any;
  readonly selectedOptions: any;
  blur(): void;
}
interface Element {
  closest(selectors: `a.${string}`): HTMLAnchorElement | null;
  readonly dataset: DOMStringMap;
  focus(options?: FocusOptions): void;
  blur(): void;
}
interface GridApi {
  [method: string]: (...given: any[]) => any;
}
interface Window {
  React: { createElement(...parts: unknown[]): unknown };
  /* Once its script is there. */
  Plotly?: { react(element: HTMLElement, data: object[], layout: object, config: object): Promise<any> };
  WaveSurfer: { create(options: object): any };
  dash_ag_grid: { getApi(id: string): GridApi | undefined; getApiAsync(id: string): Promise<GridApi> };
  dash_clientside: { set_props?(id: string | object, props: object): void; figures?: object };
  dashAgGridFunctions: Record<string, (...given: any[]) => unknown>;
  dashAgGridComponentFunctions: Record<string, (props: any) => unknown>;
  hotlineLive: object;
  hotlineListen: object;
  hotlineAlertSound: object;
}
/* The audio thread's own. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, made: new () => AudioWorkletProcessor): void;
