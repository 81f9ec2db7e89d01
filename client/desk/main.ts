// Registers every element of the desk.
import "./casework.ts";
