export const info: { arch: string; platform: string; version: string; python: string };
