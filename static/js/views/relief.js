// @ts-check
/** The surface in three dimensions: an unlit mesh, its contours on it and true on the floor below. Only three lives here. */

import {
  BufferAttribute, BufferGeometry, Color, ColorManagement, DoubleSide, LinearSRGBColorSpace, LineBasicMaterial, LineLoop,
  LineSegments, Mesh, MeshBasicMaterial, PerspectiveCamera, Scene, Spherical, Vector3, WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { rgb } from '../draw/colours.js';
import { across, relieved, shadesOf, triangles, up } from './heights.js';

/** @typedef {import('./heights.js').Heights} Heights */
/** @typedef {import('../draw/canvas.js').Sheet} Sheet */

// The tokens are the colours of the screen already.
ColorManagement.enabled = false;

const FLOOR = -0.6;
const LOWEST = -0.1;
const TALL = 0.85;
const HOME = new Spherical(6, 1.02, -0.55);
const ANGLE = 28;
/** How wide and how high the scene looks, however it is turned, in its own lengths. */
const WIDE = 2.9;
const HIGH = 2.45;

/** How high a height stands in the scene. @param {Heights} heights @param {number} height */
const lift = ({ low, high }, height) => LOWEST + ((height - low) / (high - low)) * TALL;

/** @param {number[] | Float32Array} places */
const shape = (places) => new BufferGeometry().setAttribute('position', new BufferAttribute(new Float32Array(places), 3));

/** @param {Heights} heights @param {(level: number) => number} stand how high a line of that level lies */
const lines = ({ levels, lines: all }, stand) => shape(all.flatMap((line, level) => {
  const high = stand(levels[level] ?? 0);
  return line.flatMap((place, index) => (index % 2 ? [high, -place] : [place]));
}));

/** @param {Heights} heights */
function ground(heights) {
  const { rows, columns, values } = heights;
  const places = new Float32Array(3 * values.length);
  for (let index = 0; index < values.length; index += 1) {
    const height = values[index] ?? NaN;
    places[3 * index] = across(index % columns, columns);
    places[3 * index + 1] = Number.isFinite(height) ? lift(heights, height) : FLOOR;
    places[3 * index + 2] = -up(Math.floor(index / columns), rows);
  }
  return shape(places).setIndex(new BufferAttribute(triangles(heights), 1));
}

export class Relief {
  #scene = new Scene();
  #camera = new PerspectiveCamera(ANGLE, 1, 1, 20);
  #mesh = new Mesh(new BufferGeometry(), new MeshBasicMaterial({
    vertexColors: true, side: DoubleSide, polygonOffset: true, polygonOffsetFactor: 1, polygonOffsetUnits: 1,
  }));
  #edge = new LineLoop(shape([-1, FLOOR, -1, 1, FLOOR, -1, 1, FLOOR, 1, -1, FLOOR, 1]), new LineBasicMaterial());
  #floor = new LineSegments(new BufferGeometry(), new LineBasicMaterial());
  #rings = new LineSegments(new BufferGeometry(), new LineBasicMaterial({ transparent: true, opacity: 0.3 }));
  /** @type {Heights | null} */ #heights = null;
  /** @type {import('../draw/colours.js').Look | null} */ #look = null;
  #lost = new AbortController();

  /**
   * @param {HTMLElement} plane takes pointer and keys @param {() => void} turned to be painted anew
   * @param {() => void} failed the graphics card has gone
   */
  constructor(plane, turned, failed) {
    this.canvas = document.createElement('canvas');
    // Asked for by us, since three complains on the console where there is none.
    const context = this.canvas.getContext('webgl2', { antialias: true, preserveDrawingBuffer: true, powerPreference: 'low-power' });
    if (!context) throw new Error('This browser draws no WebGL.');
    this.renderer = new WebGLRenderer({ canvas: this.canvas, context });
    this.renderer.outputColorSpace = LinearSRGBColorSpace;
    this.renderer.setClearAlpha(0);
    this.canvas.addEventListener('webglcontextlost', failed, { signal: this.#lost.signal });
    for (const object of [this.#mesh, this.#edge, this.#floor, this.#rings]) {
      object.frustumCulled = false;
      this.#scene.add(object);
    }
    this.#camera.position.setFromSpherical(HOME);
    this.controls = new OrbitControls(this.#camera, plane);
    Object.assign(this.controls, {
      enablePan: false, minPolarAngle: 0.1, maxPolarAngle: 1.45, minDistance: HOME.radius / 3, maxDistance: HOME.radius * 1.3,
    });
    // A finger that moves up or down scrolls the page; two fingers and a finger to the side are ours.
    plane.style.touchAction = 'pan-y';
    this.controls.addEventListener('change', turned);
  }

  /** @param {number} sideways @param {number} upwards radians @param {number} closer a factor */
  turn(sideways, upwards, closer) {
    const { minPolarAngle, maxPolarAngle, minDistance, maxDistance } = this.controls;
    const eye = new Spherical().setFromVector3(this.#camera.position);
    eye.theta += sideways;
    eye.phi = Math.max(minPolarAngle, Math.min(maxPolarAngle, eye.phi - upwards));
    eye.radius = Math.max(minDistance, Math.min(maxDistance, eye.radius / closer));
    this.#camera.position.setFromSpherical(eye);
    this.controls.update();
  }

  home() {
    this.#camera.position.setFromSpherical(HOME);
    this.controls.update();
  }

  /** Which of the floor's sides are in front: the signs of x and y. @returns {[number, number]} */
  get front() {
    const { x, z } = this.#camera.position;
    return [x < 0 ? -1 : 1, z < 0 ? 1 : -1];
  }

  /** @param {Heights} heights @param {Sheet} sheet @param {number} left @param {number} below both free for words */
  paint(heights, sheet, left, below) {
    const fresh = heights.lines !== this.#heights?.lines;
    if (fresh) this.#shape(heights);
    if (fresh || sheet.look !== this.#look) this.#colour(heights, sheet.look);
    [this.#heights, this.#look] = [heights, sheet.look];
    const { renderer } = this;
    const { width, height, ratio } = sheet;
    if (this.canvas.width !== Math.floor(width * ratio) || this.canvas.height !== Math.floor(height * ratio)) {
      renderer.setPixelRatio(ratio);
      renderer.setSize(width, height, false);
    }
    const whole = height / 2 / (HOME.radius * Math.tan((ANGLE * Math.PI) / 360));
    this.#camera.zoom = Math.max(0.05, Math.min((width - left) / WIDE, (height - below) / HIGH) / whole);
    this.#camera.aspect = width / height;
    this.#camera.setViewOffset(width, height, -left / 2, below / 2, width, height);
    this.#camera.updateMatrixWorld();
    renderer.render(this.#scene, this.#camera);
  }

  /**
   * Where a place stands on the sheet; without a height, on the floor.
   * @param {Sheet} sheet @param {number} x @param {number} y @param {number} [height] @returns {[number, number]}
   */
  project({ width, height: tall }, x, y, height) {
    const high = height === undefined || !this.#heights ? FLOOR : lift(this.#heights, height);
    const spot = new Vector3(x, high, -y).project(this.#camera);
    return [((1 + spot.x) / 2) * width, ((1 - spot.y) / 2) * tall];
  }

  /** @param {Heights} heights */
  #shape(heights) {
    for (const { geometry } of [this.#mesh, this.#floor, this.#rings]) geometry.dispose();
    this.#mesh.geometry = ground(heights);
    this.#floor.geometry = lines(heights, () => FLOOR);
    this.#rings.geometry = lines(heights, (level) => lift(heights, level));
  }

  /** @param {Heights} heights @param {import('../draw/colours.js').Look} look */
  #colour(heights, look) {
    const table = relieved(look);
    const pixels = Uint32Array.from(shadesOf(heights), (entry) => table[entry] ?? 0);
    this.#mesh.geometry.setAttribute('color', new BufferAttribute(new Uint8Array(pixels.buffer), 4, true));
    /** @param {{material: LineBasicMaterial}} object @param {'ink' | 'ink-3' | 'rule'} name */
    const dye = ({ material }, name) => material.color.copy(new Color(...rgb(look.colour[name]).map((part) => part / 255)));
    dye(this.#edge, 'rule');
    dye(this.#floor, 'ink-3');
    dye(this.#rings, 'ink');
  }

  destroy() {
    this.#lost.abort();
    this.controls.dispose();
    for (const { geometry, material } of [this.#mesh, this.#edge, this.#floor, this.#rings]) {
      geometry.dispose();
      material.dispose();
    }
    this.renderer.dispose();
    if (!this.renderer.getContext().isContextLost()) this.renderer.forceContextLoss();
    this.canvas.remove();
  }
}
