import { controlled } from '../react.mjs';

controlled('input', { size: 80 });
