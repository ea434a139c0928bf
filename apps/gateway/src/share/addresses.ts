/** Addresses of what a link shows, on this server. */

export const shareAddress = (code: string) => `/s/${code}`;
export const embedAddress = (code: string) => `/embed/${code}`;
export const zipAddress = (code: string) => `/s/${code}/zip`;
export const outputAddress = (code: string) => `/s/${code}/output`;
export const cardAddress = (code: string) => `/s/${code}/card.png`;
export const forkAddress = (code: string) => `/?fork=${code}`;
export const jsonAddress = (code: string) => `/v1/urls/${code}`;

/** @param fileName of another than the entry */
export const rawAddress = (code: string, fileName?: string) =>
  fileName === undefined
    ? `/s/${code}/raw`
    : `/s/${code}/raw/${fileName.split('/').map(encodeURIComponent).join('/')}`;
