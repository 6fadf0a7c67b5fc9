/**
 * Prices at which a GPU was publicly offered for an hour, US dollars, lowest first: community and
 * data-centre markets, seen from 2025 to August 2026. They are observations and no promise; models
 * nobody was seen to offer are not in the table.
 */
export const pricePoints: Readonly<Record<string, readonly number[]>> = {
  'rtx-3060': [0.047, 0.27],
  'rtx-3060-ti': [0.1],
  'rtx-3080': [0.092],
  'rtx-3090': [0.09, 0.165, 0.22, 0.22, 0.39, 0.684],
  'rtx-4060-ti': [0.13],
  'rtx-4070-ti-super': [0.18],
  'rtx-4080': [0.28],
  'rtx-4090': [0.16, 0.3, 0.34, 0.35, 0.4, 0.6, 0.78, 1.116],
  'rtx-5090': [0.25, 0.48, 0.65, 0.65, 0.69, 1.0, 1.22],
  'quadro-rtx-6000': [0.58],
  'rtx-a4000': [0.15, 0.576],
  'rtx-a4500': [0.576],
  'rtx-a5000': [0.684],
  'rtx-a6000': [0.425, 0.5, 0.92, 1.224],
  'rtx-4000-ada': [0.836],
  'rtx-6000-ada': [0.37, 0.69, 1.727, 1.908],
  'rtx-pro-6000': [0.89, 1.29, 1.57, 3.996],
  'rtx-pro-6000-server': [1.13],
  'v100-16gb': [0.106, 3.06],
  a10: [0.86],
  a40: [0.67, 1.224],
  'a100-40gb-pcie': [1.48],
  'a100-40gb-sxm': [0.76],
  'a100-80gb-pcie': [0.87, 1.19, 1.19, 1.35, 2.1],
  'a100-80gb-sxm': [1.39, 2.45, 2.736],
  l4: [0.44, 0.684, 0.78],
  l40: [0.33, 0.69, 1.0, 1.22, 1.908],
  l40s: [0.38, 0.6, 0.79, 1.4, 1.727, 1.908],
  'h100-pcie': [1.9, 1.99, 2.24, 3.51],
  'h100-sxm': [1.75, 1.87, 2.4, 2.69, 3.729, 4.176, 4.76],
  'h100-nvl': [2.08, 2.525],
  h200: [2.65, 3.59, 3.784, 3.9, 5.58, 6.35],
  b200: [4.492, 4.705, 5.8, 5.98, 8.64, 10.57],
  b300: [8.0],
  mi300x: [2.189, 2.94],
};

/** When and where, for whoever is shown one of them. */
export const pricePointsSeen = 'public offers of other markets, 2025 to August 2026';
