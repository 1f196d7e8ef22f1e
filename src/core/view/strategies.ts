/** The strategies as the tools of this API have always written them. */
export const STRATEGIES: Readonly<Record<string, string>> = { canary: 'Canary', blueGreen: 'BlueGreen' };
