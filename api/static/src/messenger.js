// The messenger's pages: what every page has, and their own.
import "./app.js"
import { start } from "./messenger/start.js"

start()
