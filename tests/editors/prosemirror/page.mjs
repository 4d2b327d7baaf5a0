import { place } from '../given.mjs';
import { proseMirror } from '../prosemirror.mjs';

proseMirror(place());
