namespace Refresher.Docs.Tests;

public sealed class SeenTests
{
    [Theory]
    [InlineData("a\nc", "a\nb\nc\n", null)]
    [InlineData(" state | at\n queued | …", " state  | at\n--------+----\n queued | 12:00", null)]
    [InlineData("…\nb", "a\nb", null)]
    [InlineData("b\na", "a\nb", "a")]
    [InlineData("queued|t", "queued|f", "queued|t")]
    [InlineData("a.c", "abc", "a.c")]
    public void Lines_are_found_in_their_order(string said, string seen, string? missing) => Assert.Equal(missing, Seen.Missing(said, seen));
}
