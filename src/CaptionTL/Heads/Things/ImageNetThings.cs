namespace CaptionTL.Heads.Things;

/// <summary>
/// English words for classes of ImageNet-1k (their indices in the usual order of the 1,000 WordNet ids). Left out are things that stand
/// beside what a photo is about (helmets, balls, sunglasses), classes that stand for less than the word says, and people, who are no class.
/// </summary>
internal static class ImageNetThings
{
    /// <summary>Classes that a network must have for the indices to mean anything.</summary>
    public const int Classes = 1000;

    public static IReadOnlyList<Thing> All { get; } =
    [
        .. """
           *a dog | dog dogs puppy puppies doggy hound hounds greyhound greyhounds terrier terriers poodle poodles retriever collie labrador beagle husky dalmatian dachshund pitbull | 151-275
           *a cat | cat cats kitten kittens kitty | 281-285
           *a bird | bird birds | 7-24 80-100 127-146
           *a duck | duck ducks duckling ducklings | 97-98
           *a goose | goose geese | 99
           *a swan | swan swans | 100
           *a chicken | chicken chickens hen rooster | 7-8
           *a pelican | pelican pelicans | 144
           *a flamingo | flamingo flamingos | 130
           *a penguin | penguin penguins | 145
           *a parrot | parrot parrots | 87-90
           *an ostrich | ostrich ostriches | 9
           *an owl | owl owls | 24
           *an eagle | eagle eagles | 22
           *a peacock | peacock peacocks | 84
           *a bear | bear bears | 294-297
           *a panda | panda pandas | 387-388
           *a monkey | monkey monkeys ape apes gorilla gorillas | 365-384
           *an elephant | elephant elephants | 101 385-386
           *a tiger | tiger tigers | 292
           *a lion | lion lions | 291
           *a leopard | leopard leopards cheetah cheetahs | 288-290 293
           *a wolf | wolf wolves | 269-271
           *a fox | fox foxes | 277-280
           *a zebra | zebra zebras | 340
           *a camel | camel camels | 354
           *a llama | llama llamas | 355
           *a deer | deer antelope antelopes gazelle | 351-353
           *a pig | pig pigs piglet piggy | 341-343
           *a hippo | hippo hippos hippopotamus | 344
           *a kangaroo | kangaroo kangaroos | 104
           *a koala | koala koalas | 105
           *a rabbit | rabbit rabbits bunny hare | 330-332
           *a squirrel | squirrel squirrels | 335
           *a hamster | hamster hamsters | 333 338
           *a turtle | turtle turtles tortoise | 33-37
           *a lizard | lizard lizards iguana | 38-48
           *a crocodile | crocodile crocodiles alligator alligators | 49-50
           *a snake | snake snakes | 52-68
           *a frog | frog frogs | 30-32
           *a shark | shark sharks | 2-4
           *a dolphin | whale whales dolphin dolphins | 147-148
           *a seal | seal seals | 150
           *a spider | spider spiders | 72-77
           *a bee | bee bees | 309
           *an ant | ant ants | 310
           *a butterfly | butterfly butterflies | 321-326
           *a dragonfly | dragonfly dragonflies | 319-320
           *a snail | snail snails | 113
           *a crab | crab crabs | 118-121 125
           *a jellyfish | jellyfish | 107
           *a starfish | starfish | 327
           a horse | horse horses pony ponies | 339 603
           a cow | cow cows cattle bull bulls ox | 345-347
           a sheep | sheep lamb lambs ram | 348-349
           a goat | goat goats | 350
           a fish | fish fishes | 0-1 5-6 389-397
           an insect | insect insects bug | 300-320
           a cup of coffee | coffee | 504-505 967
           a cup | cup cups mug | 504 968
           a bowl of soup | soup | 809 925-926
           a plate of food | food meal | 923-926 935 959-962 964-965
           a pizza | pizza | 963
           a hamburger | hamburger hamburgers burger | 933
           a bowl of fruit | fruit fruits | 948-957
           a banana | banana bananas | 954
           an apple | apple apples | 948
           an orange | oranges | 950
           a strawberry | strawberry strawberries | 949
           a flower | flower flowers daisy dandelion | 984-986
           a mushroom | mushroom mushrooms | 947 991-997
           a pumpkin | pumpkin pumpkins | 607
           an airplane | airplane airplanes plane planes jet | 404 895
           a rocket | rocket rockets | 657 744 812
           a train | train trains locomotive | 466 547 820
           a bus | bus buses | 654 779 874
           a car | car cars | 436 468 511 627 656 661 751 817
           a truck | truck trucks | 555 569 675 717 864 867
           a tractor | tractor tractors | 866
           a ship | ship ships | 403 510 628 724
           a sailboat | sailboat sailboats | 484 871 914
           a piano | piano pianos | 579 881
           a guitar | guitar guitars | 402 546
           a violin | violin violins | 889
           a computer | computer computers laptop laptops | 508 527 620 664 681
           a television | television tv | 851
           a telephone | telephone telephones phone phones | 487 528 707
           a clock | clock clocks | 409 530 892
           a teapot | teapot | 849
           a vase | vase vases | 883
           a lamp | lamp lamps | 619 846
           a bed | bed beds | 564 750
           a sofa | sofa couch | 831
           a bookcase | bookcase bookshelf books | 453-454
           a toilet | toilet | 861
           a castle | castle castles | 483
           a church | church churches | 497
           a bridge | bridge bridges | 821 839 888
           a lighthouse | lighthouse | 437
           """.Split('\n').Select(Thing.Parse),
    ];
}
