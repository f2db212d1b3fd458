using Refresher.Core;
using Refresher.Core.Runs;

namespace Refresher.Web.Forms;

/// <summary>What the words of policies mean, for those who choose them and those who read them.</summary>
internal static class PolicyWords
{
    public static readonly (string Word, string Meaning)[] Misfires =
        [("runOnce", "run the latest one"), ("skip", "skip them"), ("runAll", "run them all")];

    public static readonly (string Word, string Meaning, string Sentence)[] Overlaps =
    [
        ("skip", "skip the new one", "It is written down as skipped, with the reason."),
        ("allow", "run both", "The new one begins beside the one before."),
        ("queueOne", "let one wait", "The new one begins when the one before has ended; while one waits, further ones are skipped."),
        ("cancelPrevious", "cancel the one before", "It is asked to end, and the new one begins when it has."),
    ];

    public static readonly (string Word, string Meaning)[] Losses = [("rerun", "run it again elsewhere, at most three times"), ("fail", "let it fail")];

    public static readonly (string Word, string Meaning)[] Follows = [("success", "after success"), ("failure", "after failure"), ("always", "after any end")];

    /// <summary><c>after success</c>.</summary>
    public static string Of(ContinueOn on) => Meaning(Follows, Words<ContinueOn>.Of(on));

    /// <summary>The meaning of a word; the word itself where none is written down.</summary>
    public static string Meaning(IEnumerable<(string Word, string Meaning)> choices, string word) => choices.FirstOrDefault(choice => choice.Word == word).Meaning ?? word;

    public static string MeaningOfOverlap(string word) => Meaning(Overlaps.Select(choice => (choice.Word, choice.Meaning)), word);
}
