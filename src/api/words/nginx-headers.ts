/**
 * The characters that ingress-nginx accepts in the headers of its canary annotations. It silently ignores other values.
 */

/** In `canary-by-header` and `canary-by-header-value`. */
export const NGINX_HEADER_TEXT = /^[A-Za-z0-9\-._~/:]*$/;

/** In `canary-by-header-pattern`, with the characters of regular expressions. */
export const NGINX_HEADER_PATTERN = /^[A-Za-z0-9\-._~/:^$[\](){}*+?|&=\\]*$/;
