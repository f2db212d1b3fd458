using System.Text.Json.Nodes;
using Refresher.Core.Contract;

namespace Refresher.Core.Tests.Contract;

public sealed class HiddenTextsTests
{
    [Theory]
    [InlineData("hunter22", "it was hunter22, hunter22!", "it was ********, ********!")]
    [InlineData("abc", "abc is too short to hide", "abc is too short to hide")]
    [InlineData("TOKEN=t0ken\nOTHER=0ther", "t0ken and 0ther", "******** and ********")]
    [InlineData("Authorization: Bearer eyJhbGci", "sent eyJhbGci", "sent ********")]
    [InlineData("long-secret-and-more\nlong-secret", "long-secret-and-more", "********")]
    [InlineData("", "nothing to hide", "nothing to hide")]
    public void A_secret_and_its_parts_are_replaced(string secret, string said, string shown) =>
        Assert.Equal(shown, HiddenTexts.Of([JsonValue.Create(secret)]).Hide(said));

    [Fact]
    public void In_json_texts_names_and_numbers_are_hidden_and_the_rest_stays()
    {
        var hidden = HiddenTexts.Of([JsonNode.Parse("""["a \"quoted\" one", 271828]""")!]);

        var shown = hidden.Hide(JsonNode.Parse("""{"a \"quoted\" one": 1, "list": ["x a \"quoted\" one", 271828, 3, true, null]}"""));

        Assert.Equal("""{"********":1,"list":["x ********","********",3,true,null]}""", shown!.ToJsonString());
    }
}
