import { controlled } from '../react.mjs';

controlled('textarea', { cols: 80 });
