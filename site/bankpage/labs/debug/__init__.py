"""The Debug lab: to the exact moment of failure, in any history on the stage."""
