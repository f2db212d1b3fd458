using System.Text.Json.Nodes;
using Refresher.Core;
using Refresher.Core.Runs;

namespace Refresher.Web.Forms;

/// <summary>A row of a schedule's form: what follows its runs, and after which end.</summary>
/// <param name="Schedule">A key; empty in a spare row.</param>
public sealed record FollowRow(string On, string Schedule);

/// <summary>The rows of what follows: those that are filled, and a few to spare, so that there is room for more without a script.</summary>
internal static class FollowRows
{
    /// <summary>As many as Core takes, and one more, so that it is Core that says it is too many.</summary>
    private const int Most = 11;

    private const int Spare = 2;

    private const string Field = "continueWith";

    public static string NameOf(int row, string part) => $"{Field}[{row}].{part}";

    public static IReadOnlyList<FollowRow> Of(IReadOnlyList<Continuation>? follows) =>
        [.. follows?.Select(next => new FollowRow(Words<ContinueOn>.Of(next.On), next.Schedule ?? "")) ?? []];

    /// <summary>The filled rows that a person sent: errors count them as they do.</summary>
    public static IReadOnlyList<FollowRow> Sent(IFormCollection sent) =>
        [.. Enumerable.Range(0, Most).Select(row => new FollowRow(sent[NameOf(row, "on")].ToString(), sent[NameOf(row, "schedule")].ToString().Trim())).Where(row => row.Schedule.Length > 0)];

    public static IReadOnlyList<FollowRow> WithSpare(IReadOnlyList<FollowRow> rows) =>
        [.. rows.Concat(Enumerable.Repeat(new FollowRow(Words<ContinueOn>.Of(ContinueOn.Success), ""), Spare)).Take(Most)];

    public static JsonArray ToJson(IReadOnlyList<FollowRow> rows) =>
        [.. rows.Select(row => new JsonObject { ["on"] = row.On.Length > 0 ? row.On : null, ["schedule"] = row.Schedule })];
}
