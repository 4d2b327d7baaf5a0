// Sotto's mark: a line of text, and a quieter wave beneath it.

import { setAttributes } from '../../shared/dom';

const SVG = 'http://www.w3.org/2000/svg';

/** The mark as a drawing that screen readers pass over. The paths are those of icons/mark.svg. */
export function mark(): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  setAttributes(svg, { class: 'mark', viewBox: '0 0 128 128', 'aria-hidden': 'true', focusable: 'false' });
  const ground = document.createElementNS(SVG, 'rect');
  setAttributes(ground, { width: 128, height: 128, rx: 30 });
  svg.append(ground, stroke('M32 46h64'), stroke('M32 82c8-13 16-13 21.300 0s16 13 21.400 0 13.300-13 21.300 0'));
  return svg;
}

function stroke(d: string): SVGPathElement {
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d);
  return path;
}
