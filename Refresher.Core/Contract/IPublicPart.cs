namespace Refresher.Core.Contract;

/// <summary>A page for visitors that a kind can publish, as the admin's page of what is public lists it. Registered by <see cref="IKind.AddServices"/>; made for each request.</summary>
public interface IPublicPart
{
    Task<PublicPart> ReadAsync(CancellationToken cancel);
}

/// <summary>How such a page stands.</summary>
/// <param name="Path">Where visitors find it while it is published.</param>
/// <param name="Text">What they see there, in a sentence.</param>
/// <param name="Settings">The admin's page where it is published and taken back.</param>
public sealed record PublicPart(string Title, string Path, bool Published, string Text, string Settings);
