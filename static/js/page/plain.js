// @ts-check
/** A page on which nothing runs (about, errors): it follows the chosen theme, no more. */
import { applyTheme } from './theme.js';

applyTheme();
