namespace Refresher.Core.Access;

/// <summary>What sort of hand an act is by.</summary>
public enum ActorKind
{
    /// <summary>A person who logged in.</summary>
    User,

    /// <summary>A program with a key to the Api.</summary>
    ApiKey,

    /// <summary>This program by itself.</summary>
    Program,

    /// <summary>Somebody who has not logged in: known by the address alone.</summary>
    Visitor,
}

/// <summary>Who acts in the present scope: the signed-in user or the key of a request (<see cref="ActorOfRequest"/>), else this program.</summary>
public sealed class Actor
{
    public ActorKind Kind { get; private set; } = ActorKind.Program;

    /// <summary>The user's or the key's name.</summary>
    public string Name { get; private set; } = "program";

    /// <summary>Says who it is, once it is known.</summary>
    public void Become(ActorKind kind, string name) => (Kind, Name) = (kind, name);
}
