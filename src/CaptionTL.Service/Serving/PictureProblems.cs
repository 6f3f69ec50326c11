using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;

namespace CaptionTL.Service.Serving;

/// <summary>Why one picture of several has no answer, in the words that a request with that picture alone would get.</summary>
internal static class PictureProblems
{
    public static PictureProblem Of(Exception wrong)
    {
        var problem = ApiProblems.Translate(wrong);
        return new PictureProblem(problem.Code, problem.Message, problem.Hint);
    }
}
