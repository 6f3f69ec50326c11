namespace CaptionTL.Service.Serving;

/// <summary>Classes are asked for in one way only: the whole ranking, of which each asker takes its part.</summary>
internal readonly record struct ClassQuestion;
