/** Finds what a JSON pointer leads to in a text of JSON. */
import { findNodeAtLocation, parseTree, type Node } from "jsonc-parser";

/** Where something stands in a text. */
export interface Place {
  offset: number;
  length: number;
}

/** A text that was parsed once, to be asked often. */
export class Located {
  private readonly root: Node | undefined;

  constructor(readonly text: string) {
    const errors: never[] = [];
    const root = parseTree(text, errors);
    // A text that is not one whole JSON value has no places: its pointers are those of what was read out of it.
    this.root = errors.length === 0 ? root : undefined;
  }

  /** The place of a value, or of a member with its key; nothing when there is no such place. */
  at(pointer: string, below: string[] = []): Place | undefined {
    if (!this.root) return undefined;
    const path = [...below, ...pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))];
    let node: Node | undefined = this.root;
    for (const part of path) {
      node = node && findNodeAtLocation(node, [node.type === "array" ? Number(part) : part]);
    }
    if (!node) return undefined;
    const whole = node.parent?.type === "property" ? node.parent : node;
    return { offset: whole.offset, length: whole.length };
  }

  /** Whether the text is an object with this member. */
  has(member: string): boolean {
    return this.root !== undefined && findNodeAtLocation(this.root, [member]) !== undefined;
  }
}
