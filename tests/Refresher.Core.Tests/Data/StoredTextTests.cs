using System.Text.Json;
using Refresher.Core.Data;

namespace Refresher.Core.Tests.Data;

public sealed class StoredTextTests
{
    // Not as inline data: attributes hold UTF-8, which has no half surrogates.
    public static TheoryData<string[]> Texts => new(
        ["plain", "plain"],
        ["", ""],
        ["a\0b", "a\uFFFDb"],
        ["\uD83D\uDE00!", "\uD83D\uDE00!"],
        ["\uD83D", "\uFFFD"],
        ["\uDE00\uD83D", "\uFFFD\uFFFD"],
        ["x\uD83D\uD83D\uDE00", "x\uFFFD\uD83D\uDE00"]);

    [Theory]
    [MemberData(nameof(Texts))]
    public void What_postgresql_cannot_hold_is_replaced(string[] pair)
    {
        Assert.Equal(pair[1], StoredText.Clean(pair[0], 100));
    }

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("123456", "1234…")]
    [InlineData("123\uD83D\uDE00", "123\uD83D\uDE00")]
    [InlineData("123\uD83D\uDE006", "123\uFFFD…")]
    public void A_text_is_cut_to_its_limit_and_says_so(string text, string stored)
    {
        Assert.Equal(stored, StoredText.Clean(text, 5));
    }

    [Theory]
    [InlineData("""{"a":[1,true,null,"b"]}""", """{"a":[1,true,null,"b"]}""")]
    [InlineData("""{"a":"x\u0000y"}""", """{"a":"x�y"}""")]
    [InlineData("""{"x\u0000y":1}""", """{"x�y":1}""")]
    [InlineData("""["\ud83d\ude00"]""", """["😀"]""")]
    public void Json_keeps_its_meaning_and_loses_what_jsonb_refuses(string json, string stored)
    {
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(stored), JsonElement.Parse(StoredText.CleanJson(json))));
    }

    [Theory]
    [InlineData("""["\ud83d"]""")]
    [InlineData("""["\ude00 \ud83d"]""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"a":{"\ude00":["\"\ud83d\""]}}""")]
    public void Half_surrogates_in_json_become_readable_text(string json)
    {
        var clean = StoredText.CleanJson(json);

        Assert.DoesNotContain("\\ud", clean.Replace("\\\\ud", "", StringComparison.OrdinalIgnoreCase), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(json[0] == '[' ? JsonValueKind.Array : JsonValueKind.Object, JsonElement.Parse(clean).ValueKind);
    }
}
