// The board of deals: what every page has, and its own.
import "./app.js"
import { start as carry } from "./board/carry.js"
import { start as follow } from "./board/changes.js"

carry()
follow()
